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
    '0000-00-00 00:00:00',
    '1970-01-01 00:00:00',
    '9999-12-31 23:59:59',
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

  describe('while the clock changes', () => {
    const session = '2026-03-08 09:50:00.500000';
    const spring = Date.parse('2026-03-08T09:50:00Z');

    it.each([
      ['forward, while they talk', ['01:50:02', '01:50:10', '03:10:10'], 1200, [2, 10, 1210]],
      ['forward, while it rings', ['01:59:50', '03:00:10', '03:00:30'], 20, [590, 610, 630]],
      ['forward, while nobody answers', ['01:59:50', null, '03:00:20'], 0, [590, null, 620]],
      ['back, while they talk', ['01:50:02', '01:50:10', '01:10:10'], 1200, [2, 10, 1210]],
      ['back, while it rings', ['01:59:50', '01:00:10', '01:00:30'], 20, [590, 610, 630]],
      ['back, while nobody answers', ['01:59:50', null, '01:00:20'], 0, [590, null, 620]],
      ['back, with a call whose length is not told', ['01:50:02', '01:50:10', '01:10:10'], null, [2, 10, 1210]],
      ['by half an hour', ['01:50:02', '01:50:10', '02:40:10'], 1200, [2, 10, 1210]],
      ['by a setting of the console', ['01:50:02', '01:50:10', '15:55:10'], 1200, [2, 10, 1210]],
      ['not at all', ['01:50:02', '01:50:10', '02:10:11'], 1200, [2, 10, 1211]],
      ['by a few minutes of somebody who sets it', ['01:50:02', '01:50:10', '02:17:10'], 1200, [2, 10, 1210]],
      ['so that the end is not told', ['01:50:02', '01:50:10', 'None'], 1200, [2, 10, 1210]],
      ['so that the answer is not told', ['01:50:02', 'None', '03:10:10'], 1200, [2, null, 1210]],
    ])('%s, are those that the duration tells', (_, times, seconds, expected) => {
      const [start, answer, end] = times.map((time) => (time === null ? null : `2026-03-08 ${time}`));
      const read = callInstants({
        sessionStart: session,
        start: start ?? null,
        answer: answer ?? null,
        end: end ?? null,
        seconds,
      });
      const [startedAt, answeredAt, endedAt] = expected.map((at) => (at === null ? null : spring + at * 1000));
      expect(read).toEqual({ startedAt, answeredAt, endedAt });
    });

    it('never end before they begin, whatever came', () => {
      const wire = fc.option(
        fc.oneof(
          fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T00:00:00Z') }),
          fc.date({ noInvalidDate: true, min: new Date(spring - 9e7), max: new Date(spring + 9e7) }),
        ),
      );
      const text = (at: Date | null): string | null => at && at.toISOString().slice(0, 19).replace('T', ' ');
      fc.assert(
        fc.property(wire, wire, wire, wire, fc.option(fc.nat(172_800)), (sessionStart, start, answer, end, seconds) => {
          const read = callInstants({
            sessionStart: text(sessionStart),
            start: text(start),
            answer: text(answer),
            end: text(end),
            seconds,
          });
          const known = [read.startedAt, read.answeredAt, read.endedAt].filter((at) => at !== null);
          expect(known).toEqual(known.toSorted((one, other) => one - other));
        }),
      );
    });
  });

  it('are right for a call that starts long after its session, as far as zones can be told apart', () => {
    const times = { start: '2026-05-04 10:13:00', answer: '2026-05-04 10:13:05', end: '2026-05-04 10:14:05' };
    expect(callInstants({ sessionStart: '2026-05-04 10:00:00.000000', ...times })).toEqual({
      startedAt: utc + 780_000,
      answeredAt: utc + 785_000,
      endedAt: utc + 845_000,
    });
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
