import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MessageRecord, MessageReport, MessageState } from '../plivo/index.js';
import { isFinal, isTaken, joined, pricedBy, toldBy, type ForwardState, type Told } from './join-reports.js';

const NOTHING: Told = { state: 'sending', sequence: null, units: 1, amount: null, errorCode: null };
type Report = Omit<MessageReport, 'messageUuid'>;
const report = (state: MessageState, sequence: number | null = null, errorCode: number | null = null): Report => ({
  state,
  sequence,
  units: 1,
  amountMicros: 7000,
  errorCode,
});
const told = (known: Told, reports: Report[]): Told => reports.reduce(joined, known);

describe('what reports of a text come to', () => {
  const any = fc.record({
    state: fc.constantFrom<MessageState>('queued', 'sent', 'delivered', 'undelivered', 'failed'),
    sequence: fc.option(fc.integer({ min: 1, max: 4 })),
  });

  it('does not depend on their order, nor on how often they come', () => {
    fc.assert(
      fc.property(
        fc
          .array(any, { minLength: 1, maxLength: 6 })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const reports = all.map(({ state, sequence }) => report(state, sequence));
          const others = shuffled.map(({ state, sequence }) => report(state, sequence));
          expect(told(NOTHING, [...others, ...reports, ...others])).toEqual(told(NOTHING, reports));
        },
      ),
    );
  });

  it.each<[ForwardState]>([['sending'], ['unknown'], ['unconfirmed'], ['pending'], ['rejected']])(
    'makes %s what Plivo has taken',
    (state) => {
      expect(told({ ...NOTHING, state }, [report('queued', 1)]).state).toBe('accepted');
      expect(told({ ...NOTHING, state }, [report('sent')]).state).toBe('sent');
    },
  );

  it('never goes back', () => {
    expect(told(NOTHING, [report('delivered', 3), report('sent', 2), report('queued', 1)]).state).toBe('delivered');
    expect(told(NOTHING, [report('delivered'), report('sent')]).state).toBe('delivered');
  });

  it("is Plivo's later one of two ends, and without a count the one that somebody has confirmed", () => {
    expect(told(NOTHING, [report('delivered', 2), report('undelivered', 3, 80)])).toMatchObject({
      state: 'undelivered',
      errorCode: 80,
    });
    expect(told(NOTHING, [report('undelivered', null, 80), report('delivered')])).toMatchObject({
      state: 'delivered',
      errorCode: null,
    });
  });

  it('costs nothing when it has failed', () => {
    expect(told(NOTHING, [report('queued', 1), report('failed', 2, 200)])).toMatchObject({ amount: 0, errorCode: 200 });
  });

  it('keeps what an earlier report knew and a later one does not', () => {
    const silent = { ...report('delivered', 3), units: null, amountMicros: null };
    const counted = { ...report('sent', 2), units: 3, amountMicros: 21_000 };
    for (const reports of [
      [counted, silent],
      [silent, counted],
    ])
      expect(told({ ...NOTHING, units: null }, reports)).toMatchObject({
        state: 'delivered',
        units: 3,
        amount: 21_000,
      });
  });

  it('counts for more, at its end, than any report on the way with a later number', () => {
    expect(told(NOTHING, [report('delivered', 2), report('sent', 9)])).toMatchObject({
      state: 'delivered',
      sequence: 2,
    });
    expect(told(NOTHING, [report('sent', 9), report('undelivered', 2)]).state).toBe('undelivered');
  });

  it('has the numbers of the later of two reports of one state', () => {
    expect(told(NOTHING, [report('sent', 2), report('sent', 3, 7)])).toMatchObject({ sequence: 3, errorCode: 7 });
    expect(told(NOTHING, [report('sent', 3, 7), report('sent', 2)])).toMatchObject({ sequence: 3, errorCode: 7 });
    expect(told(NOTHING, [report('queued', 9), report('sent', 1)])).toMatchObject({ state: 'sent', sequence: 1 });
  });

  it.each<[ForwardState, taken: boolean, final: boolean]>([
    ['pending', false, false],
    ['sending', false, false],
    ['unknown', false, false],
    ['unconfirmed', false, false],
    ['rejected', false, false],
    ['accepted', true, false],
    ['sent', true, false],
    ['failed', true, true],
    ['undelivered', true, true],
    ['delivered', true, true],
  ])('says of %s whether Plivo has it and whether more is to come', (state, taken, final) => {
    expect([isTaken(state), isFinal(state)]).toEqual([taken, final]);
  });

  describe("with Plivo's record", () => {
    const record = (state: MessageState | null, amountMicros: number | null, units = 1) =>
      ({ state, units, amountMicros, errorCode: null }) as unknown as MessageRecord;

    it('knows that Plivo has it where the record has no state', () => {
      expect(toldBy({ ...NOTHING, state: 'unknown' }, record(null, null))).toMatchObject({ state: 'accepted' });
      expect(toldBy(told(NOTHING, [report('sent', 2)]), record(null, null))).toMatchObject({
        state: 'sent',
        amount: 7000,
      });
    });

    it('has the price of the record, as the last word on it', () => {
      const known = told(NOTHING, [report('delivered', 3)]);
      expect(toldBy(known, record('delivered', 9000)).amount).toBe(7000);
      expect(pricedBy(known, record('delivered', 9000)).amount).toBe(9000);
      expect(pricedBy(known, record('delivered', null)).amount).toBe(7000);
      expect(pricedBy(told(NOTHING, [report('failed', 3)]), record('failed', 9000)).amount).toBe(0);
    });
  });
});
