import { getMetadataStorage } from 'class-validator';
import type { ExecutionContext } from '@nestjs/common';

const known = { account: new WeakMap<object, boolean>(), session: new WeakMap<object, boolean>() };

/** Whether a route has this parameter, in its query or its body: a class of them has a rule for it. */
export function takes(context: ExecutionContext, parameter: keyof typeof known): boolean {
  const handler = context.getHandler();
  const found =
    known[parameter].get(handler) ?? hasRule(context.getClass().prototype as object, handler.name, parameter);
  known[parameter].set(handler, found);
  return found;
}

function hasRule(controller: object, name: string, parameter: string): boolean {
  const classes = (Reflect.getMetadata('design:paramtypes', controller, name) ?? []) as unknown[];
  return classes
    .filter((one) => typeof one === 'function')
    .some((one) =>
      getMetadataStorage()
        .getTargetValidationMetadatas(one, '', false, false)
        .some(({ propertyName }) => propertyName === parameter),
    );
}
