import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { Matches, ValidateBy, ValidateIf } from 'class-validator';
import { parseTimestamp } from '../sessions/index.js';
import { parseCaller } from '../telephony/phone.js';

/** Unlike `IsOptional` this refuses null. */
export const IfGiven = () => ValidateIf((_, value) => value !== undefined);

const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

export const SessionUuid = () => Matches(UUID, { message: 'session must be the UUID of a session' });

/** A phone number in any spelling that says which one it is; becomes its digits. */
export const NumberInAnySpelling = () =>
  applyDecorators(
    Transform(({ value }) => parseCaller(value) ?? value),
    ValidateBy({
      name: 'phoneNumber',
      validator: {
        validate: (value) => parseCaller(value) !== null,
        defaultMessage: (about) => `${about?.property} must be a phone number with its country code`,
      },
    }),
  );

/** ISO 8601, a date or a date and time, UTC where no offset is given; becomes an instant. */
export const IsoInstant = () =>
  applyDecorators(
    Transform(({ value }) => (typeof value === 'string' ? (instantOf(value) ?? value) : value)),
    ValidateBy({
      name: 'instant',
      validator: {
        validate: (value) => typeof value === 'number',
        defaultMessage: (about) => `${about?.property} must be an ISO 8601 date or time`,
      },
    }),
  );

function instantOf(text: string): number | null {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return parseTimestamp(isDate ? `${text}T00:00` : text)?.from ?? null;
}

export function isoText(instant: number): string;
export function isoText(instant: number | null): string | null;
export function isoText(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

export { decimalText as moneyText } from '../accounts/index.js';

export function withPlus(digits: string | null): string | null {
  return digits === null || digits === '' ? null : `+${digits}`;
}
