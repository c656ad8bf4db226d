import { getMetadataStorage } from 'class-validator';
import type { ExecutionContext } from '@nestjs/common';

const known = new WeakMap<object, boolean>();

/** Whether a route has a parameter `account`, in its query or its body: a class of them has a rule for it. */
export function takesAccount(context: ExecutionContext): boolean {
  const handler = context.getHandler();
  const found = known.get(handler) ?? hasRule(context.getClass().prototype as object, handler.name);
  known.set(handler, found);
  return found;
}

function hasRule(controller: object, name: string): boolean {
  const classes = (Reflect.getMetadata('design:paramtypes', controller, name) ?? []) as unknown[];
  return classes
    .filter((one) => typeof one === 'function')
    .some((one) =>
      getMetadataStorage()
        .getTargetValidationMetadatas(one, '', false, false)
        .some(({ propertyName }) => propertyName === 'account'),
    );
}
