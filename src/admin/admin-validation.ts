import { ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { InvalidRequest } from '../platform/errors.js';

/** A name that somebody else made up is not repeated unless it is plain words: with digits in it, it could be anybody's number or token. */
const PLAIN_NAME = /^[a-z_]{1,40}$/;

/**
 * Checks bodies and queries of /admin against their classes and refuses fields that these do not have. One problem at a time is told: of a field the lowest of
 * its decorators, so what kind of value it takes stands below how large that may be.
 */
export const adminValidation = new (class extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // The validator looks names up with `in`, so those that every object has would pass as known.
    const inherited =
      typeof value === 'object' && value !== null
        ? Object.keys(value).find((name) => name in Object.prototype)
        : undefined;
    if (inherited !== undefined) throw new InvalidRequest('unknown field');
    return super.transform(value, metadata);
  }
})({
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  transform: true,
  stopAtFirstError: true,
  exceptionFactory: (errors: ValidationError[]) => refusal(errors),
});

function refusal([first]: ValidationError[]): InvalidRequest {
  const [rule, sentence] = Object.entries(first?.constraints ?? {})[0] ?? ['', 'invalid request'];
  const param = first && PLAIN_NAME.test(first.property) ? first.property : undefined;
  if (rule === 'whitelistValidation')
    return new InvalidRequest(param ? `${param} is no field of this request` : 'unknown field', { param });
  const isMissing = first !== undefined && first.value === undefined && param !== undefined;
  return new InvalidRequest(isMissing ? `${param} is missing: ${sentence}` : sentence, { param });
}
