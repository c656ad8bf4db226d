import { ApiProperty } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsString, Length, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { parseTimestamp } from '../sessions/index.js';
import { TimeZone } from '../platform/time-zone.js';

/** Unlike `IsOptional` this refuses null. */
export const IfGiven = () => ValidateIf((_, value) => value !== undefined);

/** Visible text of one line. */
export const ONE_LINE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*[^\p{Cc}\p{Cf}\s][^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u;

/** `min` and `max` count UTF-16 units. */
export const TextOf = (min: number, max: number) => {
  const message = `$property must be a text of ${min === 0 ? 'at most' : `${min} to`} ${max} characters`;
  return applyDecorators(IsString({ message }), Length(min, max, { message }));
};

/** Of what is compared as it stands: blanks around it are of who pasted it, and MySQL takes no notice of those at its end, SQLite does. */
export const Trimmed = () =>
  Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value));

export const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

export const SessionUuid = () =>
  applyDecorators(
    Matches(UUID, { message: 'session must be the UUID of a session' }),
    ApiProperty({ description: 'UUID of a session.', example: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f' }),
  );

/** With a letter in it: what is digits alone may be somebody's number, and what is asked with stands in the audit. */
export const ACCOUNT_AUTH_ID = /^(?=\d*[A-Za-z])[A-Za-z0-9]{1,20}$/;

export const AccountAuthId = () => Matches(ACCOUNT_AUTH_ID, { message: 'account must be the Auth ID of an account' });

/** A number as somebody pasted it; `ReadNumber` reads it, because a national spelling is of the country of an account. */
export const PastedNumber = () =>
  Length(1, 200, { message: '$property must be a phone number of at most 200 characters' });

/**
 * ISO 8601, a date or a date and time; becomes an instant. Where no offset is given it is UTC, or in the time zone that the field `zoneIn` names.
 */
export const IsoInstant = (zoneIn?: string) =>
  applyDecorators(
    Transform(({ value, obj }) => {
      const zone = zoneIn === undefined ? null : TimeZone.named((obj as Record<string, unknown>)[zoneIn]);
      return typeof value === 'string' ? (instantOf(value, zone) ?? value) : value;
    }),
    ValidateBy({
      name: 'instant',
      validator: {
        validate: (value) => typeof value === 'number',
        defaultMessage: (about) => `${about?.property} must be an ISO 8601 date or time`,
      },
    }),
  );

/** Of the end of a span: what it begins with, where that is given too, must be earlier. Stands above `IsoInstant`. */
export const After = (beginning: string) =>
  ValidateBy({
    name: 'after',
    validator: {
      validate(value, about) {
        const begun: unknown = (about?.object as Record<string, unknown> | undefined)?.[beginning];
        return typeof begun !== 'number' || typeof value !== 'number' || begun < value;
      },
      defaultMessage: (about) => `${beginning} must be before ${about?.property}`,
    },
  });

/** What follows a time: no date ends so. */
const OFFSET = /(?:Z|UTC|[+-]\d{2}:?\d{2})\s*$/;

function instantOf(text: string, zone: TimeZone | null): number | null {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const instant = parseTimestamp(isDate ? `${text}T00:00` : text)?.from ?? null;
  return instant === null || zone === null || OFFSET.test(text) ? instant : zone.instantOf(instant);
}

/** The name of a time zone; becomes it. */
export const IsTimeZone = () =>
  applyDecorators(
    Transform(({ value }) => TimeZone.named(value) ?? value),
    ValidateBy({
      name: 'timeZone',
      validator: {
        validate: (value) => value instanceof TimeZone,
        defaultMessage: (about) =>
          `${about?.property} must be the name of a time zone in the IANA data base, such as Asia/Kolkata or UTC`,
      },
    }),
  );

export function isoText(instant: number): string;
export function isoText(instant: number | null): string | null;
export function isoText(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

export { decimalText as moneyText } from '../accounts/index.js';

export function withPlus(digits: string | null): string | null {
  return digits === null || digits === '' ? null : `+${digits}`;
}
