import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { InvalidRequest } from '../shared/errors.js';

/** A name that somebody else made up is not repeated: it could be anything. */
const PLAIN_NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Checks bodies and queries of /admin against their classes and refuses fields that these do not have. One problem at a time is told. */
export const adminValidation = new ValidationPipe({
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
  return new InvalidRequest(sentence, { param });
}
