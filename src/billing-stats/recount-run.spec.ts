import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { billingOn } from '../../test/support/billing.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import {
  ACCOUNT,
  addAccounts,
  addNumbers,
  announced,
  clearSessions,
  party,
  usNumbers,
} from '../../test/support/ground.js';
import type { Database } from '../platform/database/database.js';
import { Defer, type Jobs } from '../platform/jobs/jobs.js';
import type { SessionRecord } from '../sessions/index.js';
import { RecountDiffered } from './billing-stats.events.js';
import type { Recount } from './recount.js';

const HOUR = 3_600_000;
const MINUTE_MS = 60_000;
/** Before `ACCOUNT`, as walks go. */
const OTHER = 'MAOTHEROTHEROTHER000';

describeOnEachDatabase('a run of a recount', (open) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let billing: ReturnType<typeof billingOn>;
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  /** A session, a call in it an hour later, and a call of another account's. */
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(2));
    await addAccounts(database, [ACCOUNT, OTHER]);
    calls = callsOn(database);
    billing = billingOn(database, calls);
    session = await calls.sessions.open({ first_party: party(1), second_party: party(2), session_expiry: 0 }, '0.25');
    calls.sessions.clock.advance(HOUR);
    const callId = await billing.call('a', { sessionId: session.id });
    await billing.leg('a', { callId, sessionId: session.id, duration: 60, billedDuration: 60, amount: 8500 });
    await billing.figured('a');
    await billing.leg('stray', { accountId: OTHER, amount: 700 });
    await billing.figured('stray', { accountId: OTHER });
  });

  const write = (sql: string, parameters: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, parameters));
  const last = async () => (await billing.recount.last())!;
  const counted = async (recount: Recount = billing.recount) => {
    await recount.run(false);
    const { callDifferences, sessionDifferences, sumDifferences } = await last();
    return [callDifferences, sessionDifferences, sumDifferences];
  };
  const pages = (count: number): (() => boolean) => {
    let left = count;
    return () => (left -= 1) >= 0;
  };
  /** The same recount, with something of it otherwise. */
  const other = (own: object): Recount => Object.assign(Object.create(billing.recount) as Recount, own);
  /** Something happens between what is read of a page and the second look, with rows held, at what seems wrong of it. */
  const betweenReadings = (look: 'isOffIndeed' | 'settleOpenings', happens: (...of: unknown[]) => unknown): Recount => {
    const own = billing.recount as unknown as Record<typeof look, (...of: unknown[]) => Promise<unknown>>;
    return other({
      [look]: async (...of: unknown[]) => {
        await happens(...of);
        return own[look](...of);
      },
    });
  };

  it('gives its lease back after a minute, long before the lease ends, and goes on at once', async () => {
    type Run = (payload: { isRepair: boolean }, context: { signal: AbortSignal }) => Promise<void>;
    const handled: { leaseSeconds: number; run: Run }[] = [];
    const jobs = {
      handle: (_kind: string, { leaseSeconds }: { leaseSeconds: number }, run: Run) =>
        handled.push({ leaseSeconds, run }),
    };
    other({ jobs: jobs as unknown as Jobs }).onModuleInit();
    const [{ leaseSeconds, run } = { leaseSeconds: 0, run: null }] = handled;
    expect(leaseSeconds).toBe((2 * MINUTE_MS) / 1000);
    const { signal } = new AbortController();
    const { now } = performance;
    /** A run of which the second look at the clock comes so much after the first. */
    const runFor = async (ms: number): Promise<unknown> => {
      let looks = 0;
      performance.now = () => ((looks += 1) === 1 ? 1000 : 1000 + ms);
      try {
        return await run?.({ isRepair: false }, { signal }).catch((error: unknown) => error);
      } finally {
        performance.now = now;
      }
    };
    const given = await runFor(MINUTE_MS);
    expect(given).toBeInstanceOf(Defer);
    expect([given, await billing.recount.last()]).toMatchObject([{ seconds: 0 }, null]);
    expect(await runFor(MINUTE_MS - 1)).toBeUndefined();
    expect(await last()).toMatchObject({ calls: 2 });
  });

  it.each([
    [24 * HOUR - 1, 'goes on, as of when it was begun', 0],
    [24 * HOUR, 'begins anew', 24 * HOUR],
  ])('that is cut short for %i ms %s', async (standing, _, later) => {
    const startedAt = calls.sessions.clock.now();
    await billing.recount.run(false, pages(4));
    calls.sessions.clock.advance(standing);
    await counted();

    expect(await last()).toMatchObject({ startedAt: startedAt + later });
  });

  /** What is written for operators. */
  const written = () => {
    const lines: [level: string, what: string, found: object][] = [];
    const at = (level: string) => (what: string, found: object) => lines.push([level, what, found]);
    return { lines, log: { info: at('info'), error: at('error') } };
  };

  it.each([
    ['its first page', 1],
    ['its last page', 0],
  ])(
    'that was overtaken at %s stays so, though the other one has come %i pages further, and says nothing',
    async (place, further) => {
      const paging = billing.recount as unknown as { page: (...state: unknown[]) => Promise<unknown> };
      const { lines, log } = written();
      let overtaking: Promise<boolean> | undefined;
      const page = async (...state: unknown[]): Promise<unknown> => {
        const next = await paging.page(...state);
        if (place === 'its first page' || next === null) overtaking ??= billing.recount.run(false, pages(further));
        await overtaking;
        return next;
      };
      expect(await other({ page, log }).run(false)).toBe(true);

      expect([await overtaking, await billing.recount.last(), lines]).toEqual([false, null, []]);
    },
  );

  it('tells of a single difference, and writes it down as an error', async () => {
    const { lines, log } = written();
    const recount = other({ log });
    const news = announced(calls.sessions.events, [RecountDiffered]);
    expect(await counted(recount)).toEqual([0, 0, 0]);
    await write("UPDATE call_stat SET talk_seconds = talk_seconds + 1 WHERE virtual_number = '' AND account_id = ?", [
      OTHER,
    ]);
    expect(await counted(recount)).toEqual([0, 0, 1]);

    expect(news).toEqual([new RecountDiffered(expect.any(String) as never, 0, 0, 1, false)]);
    expect(lines).toMatchObject([
      ['info', 'stats.recounted', { sumDifferences: 0 }],
      ['error', 'stats.recounted', { sumDifferences: 1 }],
    ]);
  });

  it('tells of differences however many of them are of sessions', async () => {
    const news = announced(calls.sessions.events, [RecountDiffered]);
    for (let pair = 2; pair < 5; pair += 1)
      await calls.sessions.open({ first_party: party(2 * pair), second_party: party(2 * pair + 1) }, '0.25');
    await write('UPDATE session_stat SET fees = fees + 1 WHERE sessions = 1');
    const [, sessions = 0, sums = 0] = await counted();

    expect(sessions).toBeGreaterThanOrEqual(sums);
    expect(news).toEqual([new RecountDiffered(expect.any(String) as never, 0, sessions, sums, false)]);
  });

  it('shows what is kept of accounts beside what was counted, not what is kept of numbers', async () => {
    await write("UPDATE call_stat SET amount = amount + 5, calls = calls + 1 WHERE virtual_number <> ''");
    await counted();

    expect(await last()).toMatchObject({ calls: 2, amount: 9200, statCalls: 2, statAmount: 9200 });
  });

  it('adds up a call that was not counted by what Plivo charges, without a price of ours', async () => {
    await billing.leg('missed', { billedDuration: 60, amount: 900 });
    await counted();

    expect(await last()).toMatchObject({ calls: 3, amount: 9200 + 900, callDifferences: 1 });
  });

  /** Page by page until it has begun with the account that comes first, which is then deleted. */
  const afterFirstAccount = async (stage: string): Promise<void> => {
    billing.recount.pageSize = 1;
    const isThere = async (): Promise<boolean> => {
      const rows = await database.read((manager) =>
        manager.query<{ state: string }[]>('SELECT state FROM stat_recount_progress'),
      );
      const place = rows.map((row) => JSON.parse(row.state) as Record<string, string>).at(0);
      return place?.['stage'] === stage && place['account'] === OTHER && place['after'] !== '';
    };
    while (!(await isThere())) await billing.recount.run(false, pages(1));
    await write('DELETE FROM account WHERE auth_id = ?', [OTHER]);
  };

  it('goes through an account from its first call, also where the one before it was deleted meanwhile', async () => {
    await afterFirstAccount('calls');
    await counted();

    expect(await last()).toMatchObject({ calls: 2, amount: 9200 });
  });

  it('goes through an account from its first hour, also where the one before it was deleted meanwhile', async () => {
    await write("UPDATE call_stat SET fees = fees + 1 WHERE virtual_number = '' AND sessions = 1");
    await afterFirstAccount('hour-sums');

    expect(await counted()).toEqual([0, 0, 1]);
  });

  it('finds no difference in a call that is counted between two readings', async () => {
    await billing.leg('missed', { billedDuration: 60, amount: 900 });
    const recount = betweenReadings('isOffIndeed', (_, leg) => leg === 'missed' && billing.figured('missed'));

    expect(await counted(recount)).toEqual([0, 0, 0]);
    expect(await last()).toMatchObject({ calls: 3 });
  });

  it('finds no difference in a session that is deleted between two readings', async () => {
    await write('UPDATE session_stat SET fees = fees + 1 WHERE sessions = 1');
    const recount = betweenReadings('settleOpenings', () => write('DELETE FROM masking_session'));
    await recount.run(false);

    expect(await last()).toMatchObject({ sessionDifferences: 0 });
  });
});
