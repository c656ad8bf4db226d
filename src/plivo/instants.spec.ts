import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { callInstants, instantOf } from './instants.js';

describe('reading an instant', () => {
  it.each([
    ['2026-05-04 10:00:00', '2026-05-04T10:00:00.000Z'],
    ['2026-05-04 10:00:00.123456', '2026-05-04T10:00:00.123Z'],
    ['2026-05-04 15:30:00+05:30', '2026-05-04T10:00:00.000Z'],
    ['2026-05-04T10:00:00Z', '2026-05-04T10:00:00.000Z'],
    ['2024-02-29 00:00:00', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', (text, iso) => {
    expect(instantOf(text)).toBe(Date.parse(iso));
  });

  it.each([
    '',
    'None',
    '2026-02-30 10:00:00',
    '2026-13-01 10:00:00',
    '2026-05-04 24:00:00',
    '2026-05-04',
    '2026-05-04 10:00:00+99:99',
    null,
    undefined,
  ])('does not read %p', (text) => {
    expect(instantOf(text)).toBeNull();
  });
});

describe('the times of a call', () => {
  const utc = Date.parse('2026-05-04T10:00:00Z');

  it.each([
    ['UTC', '2026-05-04 10:00:03', '2026-05-04 10:00:05', '2026-05-04 10:01:00'],
    ['India', '2026-05-04 15:30:03', '2026-05-04 15:30:05', '2026-05-04 15:31:00'],
    ['Nepal', '2026-05-04 15:45:03', '2026-05-04 15:45:05', '2026-05-04 15:46:00'],
    ['California', '2026-05-04 03:00:03', '2026-05-04 03:00:05', '2026-05-04 03:01:00'],
    ['Kiritimati', '2026-05-05 00:00:03', '2026-05-05 00:00:05', '2026-05-05 00:01:00'],
  ])('are UTC when the console is set to %s', (_, start, answer, end) => {
    expect(callInstants({ sessionStart: '2026-05-04 10:00:02.700000', start, answer, end })).toEqual({
      startedAt: utc + 3000,
      answeredAt: utc + 5000,
      endedAt: utc + 60_000,
    });
  });

  it('are taken for UTC when the session’s start is missing or the difference is no zone', () => {
    const times = { start: '2026-05-04 10:00:00', answer: null, end: '2026-05-04 10:01:00' };
    const expected = { startedAt: utc, answeredAt: null, endedAt: utc + 60_000 };
    expect(callInstants({ sessionStart: null, ...times })).toEqual(expected);
    expect(callInstants({ sessionStart: '2026-05-01 10:00:00.000000', ...times })).toEqual(expected);
  });

  it('keep an offset that they name', () => {
    const times = {
      sessionStart: '2026-05-04 10:00:00',
      start: '2026-05-04 15:30:00+05:30',
      answer: null,
      end: '2026-05-04 15:31:00+05:30',
    };
    expect(callInstants(times)).toEqual({ startedAt: utc, answeredAt: null, endedAt: utc + 60_000 });
    expect(callInstants({ ...times, start: '2026-05-04 15:30:00' }).endedAt).toBe(utc + 60_000);
  });

  it('keep their distances in every zone', () => {
    const wire = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
    fc.assert(
      fc.property(fc.integer({ min: -48, max: 56 }), fc.nat(420), fc.nat(80_000), (quarters, delay, length) => {
        const zone = quarters * 900_000;
        const start = utc + delay * 1000;
        const read = callInstants({
          sessionStart: wire(utc),
          start: wire(start + zone),
          answer: null,
          end: wire(start + length * 1000 + zone),
        });
        expect(read).toEqual({ startedAt: start, answeredAt: null, endedAt: start + length * 1000 });
      }),
    );
  });
});
