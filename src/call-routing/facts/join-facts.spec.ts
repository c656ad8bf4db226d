import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinFacts, NOTHING_KNOWN, recorded, type LegFacts } from './join-facts.js';

const bill = fc.record({
  duration: fc.option(fc.nat(5)),
  billedDuration: fc.option(fc.nat(5)),
  amount: fc.option(fc.nat(5)),
});
/** Longer than the columns are, with blanks where they end. */
const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '📞', '\u0000'), minLength: 10, maxLength: 45 });
const report = fc.oneof(
  fc.record({ callStatus: words, hangupCause: words }, { requiredKeys: [] }),
  bill,
  bill.map((facts) => recorded(facts)),
);
const join = (reports: Partial<LegFacts>[]): LegFacts => reports.reduce<LegFacts>(joinFacts, NOTHING_KNOWN);

describe('what is known of a leg', () => {
  it('depends on no order and no repetition of webhooks and records', () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 6 }), (reports, again) => {
        const known = join(reports);
        expect(join(reports.toReversed())).toEqual(known);
        const repeated = again.flatMap((index) => reports[index] ?? []);
        expect(join([...repeated, ...reports, ...repeated])).toEqual(known);
        const middle = Math.floor(reports.length / 2);
        expect(joinFacts(join(reports.slice(0, middle)), join(reports.slice(middle)))).toEqual(known);
      }),
    );
  });

  it('is cut to what the columns hold, in characters', () => {
    const long = `${'📞'.repeat(100)}\u0000`;
    const known = join([{ callStatus: long, hangupCause: long, hangupCauseName: long, hangupSource: long }]);
    expect([known.callStatus, known.hangupCause, known.hangupCauseName, known.hangupSource]).toEqual(
      [16, 40, 64, 32].map((longest) => '📞'.repeat(longest)),
    );
  });

  it('is the bill of the record, lower or not', () => {
    const webhook = { duration: 61, billedDuration: 120, amount: 17_000 };
    const record = recorded({ duration: 60, billedDuration: 60, amount: 8_500 });
    for (const reports of [
      [webhook, record],
      [record, webhook],
    ])
      expect(join(reports)).toMatchObject({ duration: 60, billedDuration: 60, amount: 8_500, isRecorded: true });
  });

  it('keeps what webhooks told where a record lacks its price', () => {
    const webhook = { duration: 61, billedDuration: 120, amount: 17_000 };
    expect(join([webhook, recorded({ duration: 60, billedDuration: 60 })])).toMatchObject({
      amount: 17_000,
      isRecorded: false,
    });
  });

  it.each([
    ['hangupCause', 'USER_BUSY'],
    ['callStatus', 'busy'],
    ['isEnded', true],
    ['duration', 0],
    ['endedAt', 5],
  ] as const)('is kept where a later report lacks it, and learnt where an earlier one did: %s', (name, value) => {
    expect(join([{ [name]: value }, {}])[name]).toBe(value);
    expect(join([{}, { [name]: value }])[name]).toBe(value);
  });

  it('is the greater where two webhooks contradict each other', () => {
    const [less, more] = [
      { duration: 5, amount: 5, callStatus: 'busy' },
      { duration: 6, amount: 6, callStatus: 'completed' },
    ];
    for (const reports of [
      [less, more],
      [more, less],
    ])
      expect(join(reports)).toMatchObject({ ...more, isRecorded: false });
  });

  it('is the greater bill of two records', () => {
    const record = (amount: number) => recorded({ duration: 1, billedDuration: 1, amount });
    expect(join([record(5), record(3)])).toMatchObject({ amount: 5, isRecorded: true });
    expect(join([record(3), record(5)])).toMatchObject({ amount: 5, isRecorded: true });
  });
});
