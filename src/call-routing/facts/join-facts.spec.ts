import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinFacts, NOTHING_KNOWN, recorded, type LegFacts } from './join-facts.js';

const bill = fc.record({
  duration: fc.option(fc.nat(5)),
  billedDuration: fc.option(fc.nat(5)),
  amount: fc.option(fc.nat(5)),
});
const report = fc.oneof(
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
});
