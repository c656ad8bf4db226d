import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { After, IfGiven, IsoInstant, moneyText, withPlus } from './values.dto.js';

class Query {
  @IfGiven()
  @IsoInstant()
  from?: unknown;

  @IfGiven()
  @After('from')
  @IsoInstant()
  to?: unknown;
}

function read(query: Record<string, unknown>): Query | string {
  const given = plainToInstance(Query, query);
  const [problem] = validateSync(given);
  return problem ? Object.values(problem.constraints ?? {}).join() : given;
}

describe('the values of the admin API', () => {
  it.each([
    ['2026-01-05', '2026-01-05T00:00:00.000Z'],
    ['2026-01-05T10:00', '2026-01-05T10:00:00.000Z'],
    ['2026-01-05T10:00:00.5Z', '2026-01-05T10:00:00.500Z'],
    ['2026-01-05T10:00:00+05:30', '2026-01-05T04:30:00.000Z'],
  ])('reads %s as an instant, in UTC unless it says otherwise', (text, instant) => {
    expect(read({ from: text })).toEqual({ from: Date.parse(instant) });
  });

  it.each(['', 'yesterday', '2026-02-30', '2026-01-05T25:00', '1767607200000', null, ['2026-01-05']])(
    'refuses %j as an instant',
    (from) => {
      expect(read({ from })).toBe('from must be an ISO 8601 date or time');
    },
  );

  it.each([
    ['2026-01-05', '2026-01-05'],
    ['2026-01-05T10:00:00.001Z', '2026-01-05T10:00'],
    ['2026-01-06', '2026-01-05T23:59'],
  ])('refuses what begins at %s and ends at %s', (from, to) => {
    expect(read({ from, to })).toBe('from must be before to');
    expect(read({ from: to, to })).toBe('from must be before to');
  });

  it('takes a span of a millisecond, and one that is open on either side', () => {
    const [from, to] = ['2026-01-05', '2026-01-05T00:00:00.001Z'];
    for (const span of [{ from, to }, { from }, { to }]) expect(read(span)).toBeInstanceOf(Query);
    expect(read({ from, to: 'x' })).toBe('to must be an ISO 8601 date or time');
  });

  it('leaves alone what was not given', () => {
    expect(read({})).toEqual({});
  });

  it.each([
    [0, '0'],
    [1, '0.000001'],
    [8500, '0.0085'],
    [1_000_000, '1'],
    [10_000_000, '10'],
    [123_456_789, '123.456789'],
    [9_007_199_254_740_991, '9007199254.740991'],
  ])('writes %d millionths as %s', (micros, text) => {
    expect(moneyText(micros)).toBe(text);
  });

  it('writes numbers with plus, and none as null', () => {
    expect(withPlus('14155550001')).toBe('+14155550001');
    expect(withPlus('')).toBeNull();
    expect(withPlus(null)).toBeNull();
  });
});
