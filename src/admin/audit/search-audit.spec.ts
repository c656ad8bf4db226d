import { beforeAll, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { FakeClock } from '../../../test/support/ground.js';
import { Audit, type AuditSearch } from './audit.js';
import type { AuditEntry } from './audit-entry.entity.js';

const CUSTOMER = 'MASOMEBODYSOMEBODY00';
const clock = new FakeClock();
const START = clock.now();

describeOnEachDatabase('the search of the audit', (open) => {
  let audit: Audit;
  let all: AuditEntry[];

  beforeAll(async () => {
    const { database } = await open();
    audit = new Audit(database, clock);
    for (let hour = 0; hour < 4; hour += 1) {
      // Those of an hour are of one instant.
      for (const name of ['ann', 'ben'])
        for (const action of ['session.ended', 'numbers.revealed'] as const)
          for (const target of ['one', 'two'])
            await database.transaction((tx) =>
              audit.record(tx, { action, target }, { id: 'r', operator: { id: name, name, role: 'support' } }),
            );
      await database.transaction((tx) =>
        audit.record(tx, { actor: CUSTOMER, action: 'recording.deleted', target: 'one' }, { id: 'r' }),
      );
      clock.advance(3_600_000);
    }
    all = await audit.list({ limit: 100 });
  });

  const ids = (entries: readonly AuditEntry[]) => entries.map(({ id }) => id);

  it('has all of it, the newest first', () => {
    expect(all).toHaveLength(36);
    expect(all.map(({ at, id }) => `${at}.${id}`)).toEqual(
      all
        .map(({ at, id }) => `${at}.${id}`)
        .toSorted()
        .toReversed(),
    );
  });

  const SPANS = [
    {},
    { from: START + 3_600_000 },
    { to: START + 7_200_000 },
    { from: START + 1, to: START + 3_600_001 },
  ];
  it.each(
    [undefined, 'ann', 'nobody', CUSTOMER].flatMap((actor) =>
      [undefined, 'numbers.revealed' as const].flatMap((action) =>
        [undefined, 'one'].map((target) => ({ actor, action, target })),
      ),
    ),
  )('leaves what fits %j, page by page', async (search) => {
    for (const span of SPANS) {
      const fits = ({ operator, actor, action, target, at }: AuditEntry) =>
        (search.actor === undefined || search.actor === (operator ?? actor)) &&
        (search.action === undefined || search.action === action) &&
        (search.target === undefined || search.target === target) &&
        at >= (span.from ?? 0) &&
        at < (span.to ?? Infinity);
      const found: AuditEntry[] = [];
      for (let before: AuditSearch['before']; ;) {
        const page = await audit.list({ ...search, ...span, before, limit: 5 });
        found.push(...page);
        if (page.length < 5) break;
        before = page.at(-1);
      }
      expect(ids(found)).toEqual(ids(all.filter(fits)));
    }
  });
});
