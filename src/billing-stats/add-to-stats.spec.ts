import { describe, expect, it } from '@jest/globals';
import { ACCOUNT } from '../../test/support/ground.js';
import type { Database, Tx } from '../platform/database/database.js';
import { addToStats } from './add-to-stats.js';
import { ALL_NUMBERS, NOTHING, TEXT_SUM_NAMES, type StatPlace, type Sums } from './sums.js';

const PLACE: StatPlace = {
  accountId: ACCOUNT,
  virtualNumber: '12025550101',
  sessionId: 'some session',
  quarter: 900_000,
  direction: 'inbound',
  subaccountId: '',
};
const A_CALL: Sums = { ...NOTHING, calls: 1 };

/** What a transaction is told: of each statement its table, its columns and what goes into them. */
async function told(
  { isSqlite = false, isCluster = false },
  place: Partial<StatPlace> = {},
  sums = A_CALL,
): Promise<{ table: string; columns: Map<string, unknown> }[]> {
  const statements: { table: string; columns: Map<string, unknown> }[] = [];
  const query = async (sql: string, values: unknown[]): Promise<void> => {
    const [, table = '', columns = ''] = /INTO (\w+) \((.*?)\)/.exec(sql) ?? [];
    statements.push({
      table,
      columns: new Map(
        columns
          .replaceAll('`', '')
          .replaceAll('"', '')
          .split(', ')
          .map((name, index) => [name, values[index]]),
      ),
    });
  };
  const tx = { late: { query }, connection: { isCluster } } as unknown as Tx;
  await addToStats(tx, { isSqlite } as Database, { ...PLACE, ...place }, sums);
  return statements;
}

async function shards(where: { isSqlite?: boolean; isCluster?: boolean }) {
  const found = { account: new Set<number>(), number: new Set<number>() };
  for (let call = 0; call < 400; call += 1)
    for (const { table, columns } of await told(where)) {
      if (table !== 'call_stat') continue;
      const row = columns.get('virtual_number') === ALL_NUMBERS ? found.account : found.number;
      row.add(Number(columns.get('shard')));
    }
  return { account: [...found.account].sort((a, b) => a - b), number: [...found.number].sort((a, b) => a - b) };
}

describe('what is added to the roll-ups', () => {
  it('is added to the session, its number and last to the account', async () => {
    const statements = await told({});
    expect(statements.map(({ table, columns }) => [table, columns.get('virtual_number')])).toEqual([
      ['session_stat', PLACE.virtualNumber],
      ['call_stat', PLACE.virtualNumber],
      ['call_stat', ALL_NUMBERS],
    ]);
  });

  it('is added to no session where there is none', async () => {
    expect((await told({}, { sessionId: null })).map(({ table }) => table)).toEqual(['call_stat', 'call_stat']);
  });

  it('of an account that many add to at once is spread over eight rows, of a number over two', async () => {
    expect(await shards({})).toEqual({ account: [0, 1, 2, 3, 4, 5, 6, 7], number: [0, 1] });
  });

  it('of a database with one writer stands in one row', async () => {
    expect(await shards({ isSqlite: true })).toEqual({ account: [0], number: [0] });
    expect(await shards({ isSqlite: true, isCluster: true })).toEqual({ account: [0], number: [0] });
  });

  it('of a cluster stands in rows of one process, of 32 such places', async () => {
    const { account, number } = await shards({ isCluster: true });
    const [first = -1] = account;
    expect(account).toEqual(Array.from({ length: 8 }, (_, shard) => first + shard));
    expect(number).toEqual([first, first + 1]);
    expect([first % 8, first >= 0, first <= 31 * 8]).toEqual([0, true, true]);
  });

  it.each(TEXT_SUM_NAMES)('of texts is said where there is anything of them, such as %s alone', async (name) => {
    const isSaid = async (sums: Sums): Promise<boolean[]> =>
      (await told({}, {}, sums)).map(({ columns }) => columns.has('text_amount'));
    expect(await isSaid(A_CALL)).toEqual([false, false, false]);
    expect(await isSaid({ ...NOTHING, [name]: 1 })).toEqual([true, true, true]);
  });
});
