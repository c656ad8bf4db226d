import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, OWNER, party, sessionsOn, usNumbers } from '../../test/support/ground.js';
import { Account } from '../accounts/account.entity.js';
import { Accounts } from '../accounts/index.js';
import { marks } from '../platform/database/rows.js';
import type { Database } from '../platform/database/database.js';
import { createLogger } from '../platform/logging/logger.js';
import { CountSessions, uncount } from './count-sessions.js';
import { ListSessions } from './list-sessions.js';

const SUBACCOUNT = 'SAXXXXXXXXXXXXXXXXXX';
const MINUTE_MS = 60_000;

describeOnEachDatabase('kept counts of sessions', (open) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;
  let list: ListSessions;
  let count: CountSessions;
  let made: string[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await database.dataSource.manager.insert(Account, {
      authId: ACCOUNT,
      name: 'Some',
      plivoAuthId: 'MA',
      plivoAuthToken: '',
      createdAt: 0,
    });
    await addNumbers(database, usNumbers(2));
    sessions = sessionsOn(database);
    list = new ListSessions(database, sessions.clock, sessions.records, sessions.findSession);
    const log = createLogger({ level: 'silent', format: 'json' });
    count = new CountSessions(database, sessions.clock, new Accounts(), log);
    count.blockSize = 5;
    made = [];
    // Ends lie in the same ten minutes, in others and in none; every third is a subaccount's.
    for (let index = 0; index < 23; index++) {
      const session_expiry = 60 * (1 + ((index * 7) % 29));
      const pair = { first_party: party(100 + index), second_party: party(200 + index) };
      const { id } = await sessions.open({ ...pair, session_expiry });
      if (index % 3 === 0) await run('UPDATE masking_session SET subaccount_id = ? WHERE id = ?', [SUBACCOUNT, id]);
      made.push(id);
      sessions.clock.advance(index % 4 === 0 ? 0 : 20_000);
    }
  });

  const run = (sql: string, parameters: unknown[] = []): Promise<unknown[]> =>
    database.transaction((tx) => tx.query(sql, parameters));
  const keptBlocks = async () => (await run('SELECT DISTINCT block_at FROM session_count')).length;
  const at = (minutes: number): string =>
    new Date(Date.UTC(2026, 0, 5, 10, minutes, 0)).toISOString().slice(0, 19).replace('T', ' ');
  const questions = (): Record<string, unknown>[] => [
    {},
    { subaccount: SUBACCOUNT },
    { status: 'active' },
    { status: 'expired' },
    { status: 'active', subaccount: SUBACCOUNT, created_time__gte: at(1) },
    { created_time__gte: at(2), created_time__lt: at(4) },
    { expiry_time__gt: at(10), expiry_time__lte: at(20) },
    { expiry_time__gte: at(11), expiry_time__lt: at(12) },
    { status: 'expired', expiry_time__gt: at(3), created_time__lte: at(5) },
    { created_time__gte: at(5), created_time__lt: at(2) },
  ];
  const answers = async (): Promise<unknown[]> => {
    const all: unknown[] = [];
    for (const question of questions())
      for (const offset of [0, 4, 11]) {
        const { meta, objects } = await list.run(OWNER, { ...question, offset, limit: 6 });
        all.push([question, offset, meta.total_count, objects.map(({ session_uuid }) => session_uuid)]);
      }
    return all;
  };
  /** What is kept, against a count of every row. */
  const expectSame = async (): Promise<void> => {
    expect(await keptBlocks()).toBeGreaterThan(2);
    const kept = await answers();
    const [folds, counts] = [await run('SELECT * FROM session_fold'), await run('SELECT * FROM session_count')];
    for (const table of ['session_fold', 'session_count']) await run(`DELETE FROM ${table}`);
    expect(kept).toEqual(await answers());
    await database.transaction(async (tx) => {
      for (const [table, rows] of [
        ['session_fold', folds],
        ['session_count', counts],
      ] as const)
        for (const row of rows as Record<string, unknown>[])
          await tx.query(
            `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${marks(Object.keys(row))})`,
            Object.values(row),
          );
    });
  };

  it('leave young sessions and blocks that are not full to those who ask', async () => {
    expect(await count.run()).toBe(4);
    expect(await count.run()).toBe(0);
    expect(await run('SELECT SUM(sessions) AS n FROM session_count')).toMatchObject([{ n: expect.anything() }]);
    sessions.clock.advance(MINUTE_MS);
    expect(await count.run()).toBe(0);
  });

  it('come to what a count of every row comes to, page by page, while time passes', async () => {
    for (const minutes of [1, 3, 7, 20]) {
      sessions.clock.advance(minutes * MINUTE_MS);
      await count.run();
      await expectSame();
    }
  });

  it('follow sessions whose end changes', async () => {
    await count.run();
    const now = sessions.clock.now();
    const live = (await list.run(OWNER, { status: 'active' })).objects.map(({ session_uuid }) => session_uuid);
    await sessions.end(live[0]!);
    await sessions.end(live.at(-1)!);
    await sessions.update(live[1]!, { session_expiry: 7200 });
    const renewed = made.indexOf(live.at(-2)!);
    await sessions.open({
      first_party: party(100 + renewed),
      second_party: party(200 + renewed),
      session_expiry: 5000,
    });
    expect(sessions.clock.now()).toBe(now);
    await expectSame();
    const rows = (which: string) =>
      run(`SELECT * FROM session_count ${which} ORDER BY block_at, subaccount_id, expires_slot`);
    const before = await rows('WHERE sessions <> 0');
    expect(await rows('')).not.toEqual(before);
    for (let block = 0; block < 6; block++) await count.run();
    // Counted again, nothing was found to mend, and what has come to 0 takes no room.
    expect(await rows('')).toEqual(before);
    await expectSame();
  });

  it('follow sessions that are deleted', async () => {
    await count.run();
    const gone = [made[0]!, made[3]!, made[4]!, made.at(-1)!];
    await database.transaction(async (tx) => {
      const rows = await tx.query<
        { id: string; subaccount_id: string | null; created_at: number; expires_at: number }[]
      >(`SELECT * FROM masking_session WHERE id IN (${gone.map(() => '?').join(', ')})`, gone);
      const left = rows.map((row) => ({
        accountId: ACCOUNT,
        subaccountId: row.subaccount_id,
        createdAt: Number(row.created_at),
        expiresAt: Number(row.expires_at),
      }));
      await tx.query(`DELETE FROM masking_session WHERE id IN (${gone.map(() => '?').join(', ')})`, gone);
      await uncount(tx, database, left);
    });
    await expectSame();
  });

  describe('that have gone wrong', () => {
    it('are right again when their block has had its turn', async () => {
      await count.run();
      await run('UPDATE session_count SET sessions = sessions + 1 WHERE expires_slot > 0');
      for (let block = 0; block < 5; block++) await count.run();
      await expectSame();
    });
  });
});
