import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';

/** A span of time that a filter value names: whole seconds are what the API shows, so `10:00:05` means all of that second. */
export interface Moment {
  /** First millisecond. */
  from: number;
  /** The millisecond after the last. */
  until: number;
}

const SHAPE =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*?(Z|UTC|[+ -]00:?00(?: UTC)?|[+ -]\d{2}:?\d{2})?$/;

/** Reads UTC `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]`, the API's own ` +0000 UTC` form, and ISO 8601 with any offset, also where its plus was read as the blank of a query. Null for anything else. */
export function parseTimestamp(text: unknown): Moment | null {
  if (typeof text !== 'string' || text.length > 50) return null;
  const [, date, minutes, seconds, fraction, zone] = SHAPE.exec(text.trim()) ?? [];
  if (date === undefined || minutes === undefined) return null;
  const offset = isoOffset(zone);
  const millis = (fraction ?? '').padEnd(3, '0').slice(0, 3);
  const from = Date.parse(`${date}T${minutes}:${seconds ?? '00'}.${millis}${offset}`);
  if (Number.isNaN(from) || !isSameDate(date, from, offset)) return null;
  return { from, until: from + (fraction === undefined ? 1000 : 1) };
}

function isoOffset(zone: string | undefined): string {
  const isUtc = zone === undefined || zone === 'Z' || zone.endsWith('UTC');
  return isUtc ? 'Z' : zone.replace(' ', '+').replace(/^([+-]\d{2}):?(\d{2})$/, '$1:$2');
}

/** Date.parse moves February 30 into March; a date that does not exist is refused instead. */
function isSameDate(date: string, instant: number, offset: string): boolean {
  const shift =
    offset === 'Z'
      ? 0
      : (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6)));
  return new Date(instant + shift * 60_000).toISOString().slice(0, 10) === date;
}

/** A query parameter that is read into a `Moment`. */
export const IsTimestamp = (name: string) =>
  applyDecorators(
    ApiProperty({
      type: 'string',
      description: 'UTC, `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]` or ISO 8601.',
      example: '2026-11-29 17:00:00',
    }),
    Transform(({ value }) => (value === '' || value === undefined ? undefined : (parseTimestamp(value) ?? false))),
    IsOptional(),
    ValidateBy({
      name: 'timestamp',
      validator: {
        validate: (value) => typeof value === 'object' && value !== null,
        defaultMessage: () => `Invalid parameter. ${name} is not a valid timestamp`,
      },
    }),
  );
