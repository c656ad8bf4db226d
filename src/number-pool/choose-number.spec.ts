import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, usNumbers } from '../../test/support/ground.js';
import type { Database, Tx } from '../platform/database/database.js';
import { selection, number } from '../platform/database/rows.js';
import { chooseNumber } from './choose-number.js';
import { ASSIGNMENTS } from './virtual-number.entity.js';

const NUMBERS = 200;
const NOW = 1_000_000;
const READ = selection({ rows: number("SUM(CASE WHEN variable_name LIKE 'HANDLER\\_READ%' THEN variable_value END)") });

describeOnEachDatabase('the choice of a number for who has had every number', (open, kind) => {
  let database: Database;
  let ids: number[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(NUMBERS));
    const rows = await database.read((tx) => tx.query<{ id: number }[]>('SELECT id FROM virtual_number ORDER BY id'));
    ids = rows.map(({ id }) => id);
  });

  const had = (index: string, places: number[], freeAfter: (place: number) => number, session = 's'): Promise<void> =>
    database.transaction((tx) =>
      ASSIGNMENTS.insert(
        tx,
        places.map((place) => ({
          virtualNumberId: ids[place] ?? 0,
          partyIndex: index,
          sessionId: `${session}${place}`,
          role: 'second' as const,
          freeAfter: freeAfter(place),
        })),
      ),
    );
  const wish = (...indexes: string[]) => ({
    accountId: ACCOUNT,
    subaccountId: null,
    callingCode: null,
    parties: indexes.map((index, place) => ({ index, number: `1646555000${place}` })),
    pinIndexes: [],
    isOpen: false,
    now: NOW,
  });
  const chosen = (...indexes: string[]) =>
    database.transaction(async (tx) => {
      const found = await chooseNumber(tx, wish(...indexes));
      return found && [ids.indexOf(found.id), found.isFresh];
    });
  const all = Array.from({ length: NUMBERS }, (_, place) => place);

  it('is the one free for longest, whichever party it is and whatever the other had', async () => {
    await had('driver', all, (place) => (place === 7 ? 5 : place === 8 ? 6 : 100 + place));
    expect(await chosen('customer', 'driver')).toEqual([7, false]);
    expect(await chosen('driver', 'customer')).toEqual([7, false]);
    await had('customer', [7], () => 50, 'own');
    expect(await chosen('customer', 'driver')).toEqual([8, false]);
    await had('other', [7, 8], () => NOW + 1, 'other');
    expect(await chosen('other', 'driver')).toEqual([0, false]);
  });

  it('is the same pair’s last one before all others', async () => {
    await had('driver', all, (place) => 100 + place);
    await had('customer', [3], () => 103);
    expect(await chosen('customer', 'driver')).toEqual([3, false]);
    expect(await chosen('driver', 'customer')).toEqual([3, false]);
  });

  it('is a number that neither had where there is one: behind the last, and otherwise when no other is free', async () => {
    await had('driver', all.slice(0, 100), (place) => 100 + place);
    expect(await chosen('customer', 'driver')).toEqual([100, true]);
    await had('busy', all.slice(1), () => NOW + 1);
    expect(await chosen('customer', 'busy')).toEqual([0, true]);
    await had('busy', [0], () => NOW + 1);
    expect(await chosen('customer', 'busy')).toBeNull();
  });

  it('reads hardly more than for a new one', async () => {
    await had('driver', all, (place) => 100 + place);
    const cost = async (index: string): Promise<number> =>
      database.transaction(async (tx) => {
        const before = await rowsRead(tx);
        await chooseNumber(tx, wish('customer', index));
        return (await rowsRead(tx)) - before;
      });
    if (kind === 'sqlite') {
      expect(await plans(database, wish('customer', 'driver'))).toMatch(/rowid>\?/);
      // A version of SQLite may sort the sixteen that were looked at once more.
      expect(await plans(database, wish('customer', 'driver'))).not.toMatch(
        /SCAN (n|number_assignment) USING|AUTOMATIC/,
      );
      return;
    }
    await cost('nobody');
    // The statement that measures reads some hundred rows itself.
    expect((await cost('driver')) - (await cost('nobody'))).toBeLessThan(150);
  });
});

async function rowsRead(tx: Tx): Promise<number> {
  const [read] = await READ.read(tx, 'FROM information_schema.session_status');
  return read?.rows ?? 0;
}

async function plans(database: Database, wish: Parameters<typeof chooseNumber>[1]): Promise<string> {
  const told: unknown[] = [];
  await database.transaction((tx) => {
    const spy = Object.create(tx) as Tx;
    spy.query = (async (sql: string, parameters: unknown[]) => {
      told.push(await tx.query(`EXPLAIN QUERY PLAN ${sql}`, parameters));
      return tx.query(sql, parameters);
    }) as Tx['query'];
    return chooseNumber(spy, wish);
  });
  return JSON.stringify(told);
}
