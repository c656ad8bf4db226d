import { describe, expect, it } from '@jest/globals';
import { parseTimestamp } from './timestamps.js';

const TEN = Date.UTC(2026, 0, 5, 10, 0, 0);
const second = (from: number) => ({ from, until: from + 1000 });

describe('a time that a customer names', () => {
  it.each([
    ['2026-01-05 10:00', second(TEN)],
    ['2026-01-05 10:00:05', second(TEN + 5000)],
    [' 2026-01-05 10:00:05 ', second(TEN + 5000)],
    ['2026-01-05T10:00:05Z', second(TEN + 5000)],
    ['2026-01-05 10:00:05 UTC', second(TEN + 5000)],
    ['2026-01-05 10:00:05 +0000 UTC', second(TEN + 5000)],
    ['2026-01-05 10:00:05 +00:00 UTC', second(TEN + 5000)],
    ['2026-01-05T15:30:05+05:30', second(TEN + 5000)],
    ['2026-01-05T15:30:05+0530', second(TEN + 5000)],
    ['2026-01-05T06:30:00-03:30', second(TEN)],
    // Where a plus was not percent-encoded, it comes as a blank.
    ['2026-01-05 10:00:05  0000 UTC', second(TEN + 5000)],
    ['2026-01-05T15:30:05 05:30', second(TEN + 5000)],
    ['2026-01-05T15:30 0530', second(TEN)],
    ['2026-01-05 12:00:05.000 02:00', { from: TEN + 5000, until: TEN + 5001 }],
    // A day that is another one in UTC.
    ['2026-01-06T01:00:00+15:00', second(TEN)],
    ['2026-01-04T23:00:00-11:00', second(TEN)],
    ['2026-01-05 00:00:00+00:30', second(Date.UTC(2026, 0, 4, 23, 30))],
    ['2026-01-05 23:45:00-00:30', second(Date.UTC(2026, 0, 6, 0, 15))],
  ])('%s is that whole second', (text, moment) => {
    expect(parseTimestamp(text)).toEqual(moment);
  });

  it.each([
    ['2026-01-05 10:00:05.1', 5100],
    ['2026-01-05 10:00:05.123', 5123],
    ['2026-01-05 10:00:05.123999', 5123],
    ['2026-01-05 10:00:05.000', 5000],
  ])('%s is one millisecond', (text, offset) => {
    expect(parseTimestamp(text)).toEqual({ from: TEN + offset, until: TEN + offset + 1 });
  });

  it.each([
    '2026-02-30 10:00',
    '2025-02-29 10:00:00+05:00',
    '2026-13-01 10:00',
    '2026-01-05 25:00',
    '2026-01-05',
    '2026-01-05 10:00 99',
    '2026-01-05 10:00:05 05:3',
    '2026-01-05 10:0005:30',
    '10:00',
    'yesterday',
    '',
    `2026-01-05 10:00${' '.repeat(40)}`,
    null,
    1767607200000,
  ])('%j is none', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('may be fifty characters long', () => {
    const padded = '2026-01-05 10:00'.padEnd(50);
    expect(parseTimestamp(padded)).toEqual(second(TEN));
    expect(parseTimestamp(`${padded} `)).toBeNull();
  });
});
