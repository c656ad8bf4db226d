import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy, type ValidationArguments } from 'class-validator';
import { parseCaller, parsePartyNumber } from '../telephony/phone.js';
import { parseUrl } from '../platform/parse-url.js';
import { wholeNumberIn } from '../platform/whole-number.js';
import { isFitForXml, isTooLong } from '../platform/web-url.js';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

// The kinds of parameter of the masking API: each coerces what official SDKs are known to send, then refuses the rest in the documented words.
// Absent, null and the empty string mean "not given" everywhere.

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** An optional parameter: coerced, then held to `test`, refused with `refusal`; `told` is what clients are told of it. */
function parameter(
  told: ApiPropertyOptions,
  coerce: (value: unknown) => unknown,
  test: (value: unknown) => boolean,
  refusal: (name: string, value: unknown) => string,
) {
  return applyDecorators(
    ApiProperty(told),
    Transform(({ value }) => (isAbsent(value) ? undefined : coerce(value)), { toClassOnly: true }),
    IsOptional(),
    ValidateBy({
      name: 'parameter',
      validator: {
        validate: test,
        defaultMessage: (context?: ValidationArguments) => refusal(context?.property ?? '', context?.value),
      },
    }),
  );
}

const toInteger = (value: unknown): unknown => (typeof value === 'string' ? (wholeNumberIn(value) ?? value) : value);
const zeroAsAbsent = (value: unknown): unknown => (toInteger(value) === 0 ? undefined : toInteger(value));
/** Of any size: JSON reads 1e400 as infinite. */
const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && (Number.isInteger(value) || Math.abs(value) === Infinity);
const isInteger = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

/** E.164 with or without plus; kept as digits. */
export const PhoneNumber = () =>
  parameter(
    { type: 'string' },
    (value) => parsePartyNumber(value) ?? false,
    (value) => typeof value === 'string',
    (name) => `Invalid parameter. ${name} is not a valid phone number`,
  );

/** As `PhoneNumber`, of any length: numbers of the pool are as Plivo lists them, whatever its country's plan knows. */
export const PooledNumber = () =>
  parameter(
    { type: 'string' },
    (value) => parseCaller(value) ?? false,
    (value) => typeof value === 'string',
    (name) => `Invalid parameter. ${name} is not a valid phone number`,
  );

/** `true` or `false`, also as text in any case. */
export const Flag = () =>
  parameter(
    { type: 'boolean' },
    (value) => {
      if (typeof value !== 'string') return value;
      const text = value.toLowerCase();
      return text === 'true' || text === 'false' ? text === 'true' : value;
    },
    (value) => typeof value === 'boolean',
    (name) => `Invalid parameter. ${name} allowed values are true or false`,
  );

/** A whole number, also as text; refused outside the bounds. With `zeroIsUnset`, 0 means not given, because the Java SDK sends it always. */
export const Range = (least: number, most: number, options: { zeroIsUnset?: boolean } = {}) =>
  parameter(
    {
      type: 'integer',
      minimum: options.zeroIsUnset ? 0 : least,
      ...(most < Number.MAX_SAFE_INTEGER && { maximum: most }),
    },
    options.zeroIsUnset ? zeroAsAbsent : toInteger,
    (value) => isInteger(value) && value >= least && value <= most,
    (name) => `Invalid parameter. ${name} is outside the allowed range`,
  );

/** Seconds moved to the nearest bound, from however far; 0 and what is no number mean not given. */
export const ClampedSeconds = (least: number, most: number) =>
  parameter(
    { type: 'integer' },
    (value) => {
      const seconds = zeroAsAbsent(value);
      return isWhole(seconds) ? Math.min(Math.max(seconds, least), most) : undefined;
    },
    isInteger,
    (name) => `Invalid parameter. ${name} is outside the allowed range`,
  );

/** One of two words, in any case; kept as `words` spell it. */
export const OneOf = (...words: [string, string]) =>
  parameter(
    { type: 'string', enum: words },
    (value) =>
      typeof value === 'string' ? (words.find((word) => word.toLowerCase() === value.toLowerCase()) ?? value) : value,
    (value) => words.includes(value as string),
    (name) => `Invalid parameter. ${name} allowed values are ${words.join(' or ')}`,
  );

/** An absolute http or https URL, kept as it came. At most 1000 characters, which are counted as they will be sent: in normal form, percent-encoded. */
export const WebUrl = () =>
  parameter(
    { type: 'string', maxLength: 1000 },
    (value) => value,
    isWebUrl,
    (name, value) =>
      typeof value === 'string' && isTooLong(value)
        ? `Invalid parameter. ${name} should be under 1000 characters`
        : `Invalid parameter. ${name} should be a valid URL`,
  );

function isWebUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !isFitForXml(value) || isTooLong(value)) return false;
  const url = parseUrl(value);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '';
}

/** 4 to 15 digits; a JSON number is accepted and becomes text. */
export const Pin = () =>
  parameter(
    { type: 'string', pattern: '^[0-9]{4,15}$' },
    (value) => (isInteger(value) ? String(value) : value),
    (value) => typeof value === 'string' && /^[0-9]{4,15}$/.test(value),
    (name) => `Invalid parameter. ${name} should be 4 to 15 digits`,
  );

/** The Auth ID of a subaccount; whether it is one of this account is looked up later. */
export const SubaccountId = () =>
  parameter(
    { type: 'string', pattern: '^SA[A-Z0-9]{18}$' },
    (value) => value,
    (value) => typeof value === 'string' && /^SA[A-Z0-9]{18}$/.test(value),
    (name) => `Invalid parameter. ${name} is not valid`,
  );
