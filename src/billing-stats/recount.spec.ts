import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { billingOn } from '../../test/support/billing.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase, isAnyWaiting, LOOK_MS } from '../../test/support/database.js';
import {
  ACCOUNT,
  addAccounts,
  addNumbers,
  announced,
  clearSessions,
  party,
  usNumbers,
} from '../../test/support/ground.js';
import { LEGS } from '../call-routing/call.entity.js';
import { CallFigured } from '../call-routing/index.js';
import type { Database, Tx } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import type { Jobs } from '../platform/jobs/jobs.js';
import type { SessionRecord } from '../sessions/index.js';
import { RecountDiffered } from './billing-stats.events.js';
import { GROUPINGS } from './group-stats.js';
import type { Recount } from './recount.js';
import { differencesIn } from './recount-state.js';

const HOUR = 3_600_000;
const OTHER = 'MAOTHEROTHEROTHER000';

describeOnEachDatabase('a recount', (open, kind) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let billing: ReturnType<typeof billingOn>;
  let session: SessionRecord;

  beforeAll(async () => {
    ({ database } = await open());
  });
  /** Two sessions, one of them with a call an hour later, and a call of nobody's. */
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(2));
    await addAccounts(database, [ACCOUNT, OTHER]);
    calls = callsOn(database);
    billing = billingOn(database, calls);
    await database.transaction((tx) => calls.settings.change(tx, ACCOUNT, { minute_fee: '0.01' }));
    session = await calls.sessions.open({ first_party: party(1), second_party: party(2), session_expiry: 0 }, '0.25');
    await calls.sessions.open({ first_party: party(1), second_party: party(3) }, '0.25');
    calls.sessions.clock.advance(HOUR);
    const callId = await billing.call('a', { sessionId: session.id });
    const shared = { callId, sessionId: session.id, duration: 60, billedDuration: 60, amount: 8500 };
    await billing.leg('a', shared);
    await billing.leg('b', { ...shared, side: 'B' });
    await billing.figured('a');
    await billing.leg('stray', { accountId: OTHER, amount: 700 });
    await billing.figured('stray', { accountId: OTHER });
  });

  const write = (sql: string, parameters: unknown[] = []): Promise<unknown> =>
    database.transaction((tx) => tx.query(sql, parameters));
  const recounted = async (isRepair = false) => {
    await billing.recount.run(isRepair);
    const { callDifferences, sessionDifferences, sumDifferences } = (await billing.recount.last())!;
    return [callDifferences, sessionDifferences, sumDifferences];
  };
  const lastRow = async () => ({ id: '', ...(await billing.recount.last())! });
  const ownAmounts = async (column: string, table: string): Promise<string[]> => {
    const found = await database.read((manager) =>
      manager.query<{ place: string; own: unknown }[]>(
        `SELECT ${column} AS place, SUM(own_amount) AS own FROM ${table} GROUP BY ${column} ORDER BY ${column}`,
      ),
    );
    return found.map(({ place, own }) => `${place} ${Number(own)} of its own`);
  };
  const everything = async (): Promise<string[]> => {
    const rows: string[] = [];
    for (const groupBy of GROUPINGS) rows.push(...(await billing.stats(groupBy)));
    for (const [column, table] of [
      ['virtual_number', 'call_stat'],
      ['session_id', 'session_stat'],
    ])
      rows.push(...(await ownAmounts(String(column), String(table))));
    return rows;
  };

  it('of what was counted rightly finds no difference and changes nothing', async () => {
    const before = await everything();
    const { clock } = calls.sessions;

    expect(await recounted(true)).toEqual([0, 0, 0]);

    expect(await everything()).toEqual(before);
    expect(await billing.recount.last()).toEqual({
      id: expect.any(String),
      startedAt: clock.now(),
      finishedAt: clock.now(),
      calls: 2,
      // Two legs, two minutes at the own price, and the call of nobody's.
      amount: 17_000 + 20_000 + 700,
      statCalls: 2,
      statAmount: 37_700,
      callDifferences: 0,
      sessionDifferences: 0,
      sumDifferences: 0,
      texts: 0,
      textAmount: 0,
      statTexts: 0,
      statTextAmount: 0,
      textDifferences: 0,
      isRepaired: true,
    });
  });

  it.each([
    ['an hour', `hour = hour - ${HOUR}`],
    ['whether it was connected', 'is_connected = 0'],
    ['how long was talked', 'talk_seconds = talk_seconds + 1'],
    ['what is billed', 'billed_seconds = billed_seconds - 60'],
    ["Plivo's price", 'amount = amount + 1'],
    ['the own price', 'own_amount = own_amount + 1'],
    ['its direction', "direction = 'requested'"],
    ['its quarter of an hour', 'hour = hour + 900000'],
    ['its session', 'session_id = NULL'],
  ])('finds a call that was counted with a wrong word of it: %s', async (_, wrong) => {
    const before = await everything();
    await write(`UPDATE call_tally SET ${wrong} WHERE a_leg_uuid = 'a'`);

    const [callDifferences] = await recounted();
    expect(callDifferences).toBe(1);
    // Told of, and nothing else.
    expect(await everything()).toEqual(before);

    await recounted(true);
    expect(await recounted()).toEqual([0, 0, 0]);
    expect(withoutNothing(await everything())).toEqual(withoutNothing(before));
  });

  it('finds a call that was not counted at all, and counts it', async () => {
    const before = await everything();
    await billing.leg('missed', { amount: 900 });
    expect(await recounted()).toEqual([1, 0, 0]);

    expect(await recounted(true)).toEqual([1, 0, 0]);
    expect(await recounted()).toEqual([0, 0, 0]);
    expect(await everything()).not.toEqual(before);
    expect(await billing.stats('account', ACCOUNT)).toEqual([`${ACCOUNT} 2 1 60 120 37900 2 500000`]);
  });

  (kind === 'mysql' ? it : it.skip)('leaves a price as it is that comes while the call is counted anew', async () => {
    await write("UPDATE call_tally SET amount = 1 WHERE a_leg_uuid = 'a'");
    const { countCall } = billing;
    const count = countCall.run.bind(countCall);
    const priced = async (): Promise<void> =>
      database.transaction(async (tx) => {
        await LEGS.update(tx, { amount: 9_000 }, 'WHERE leg_uuid = ?', ['b']);
        await count(tx, new CallFigured(ACCOUNT, 'a', null, 'open'));
      });
    const pricing: Promise<unknown>[] = [];
    const over: true[] = [];
    let first: boolean | null = null;
    // Between the two reads, of the count and of what is to be counted, whichever comes first.
    const query = async (tx: Tx, sql: string, parameters: unknown[]): Promise<unknown> => {
      const isOfCount = sql.includes('FROM call_tally');
      first ??= isOfCount;
      if (pricing.length === 0 && isOfCount !== first) {
        pricing.push(priced().finally(() => over.push(true)));
        while (over.length === 0 && !(await isAnyWaiting(database))) await delay(LOOK_MS);
      }
      return tx.query(sql, parameters);
    };
    countCall.run = (tx, event) =>
      count(
        Object.assign(Object.create(tx) as Tx, {
          query: (sql: string, parameters: unknown[]) => query(tx, sql, parameters),
        }),
        event,
      );

    await billing.recount.run(true);
    await Promise.all(pricing);

    expect(await recounted()).toEqual([0, 0, 0]);
  });

  it('tells of differences, and of nothing where there are none', async () => {
    const news = announced(calls.sessions.events, [RecountDiffered]);
    await recounted();
    expect(news).toEqual([]);
    await write("DELETE FROM call_tally WHERE a_leg_uuid = 'a'");
    const [inCalls = 0, inSessions = 0, inSums = 0] = await recounted();
    expect(inCalls).toBe(1);
    expect(news).toEqual([new RecountDiffered(expect.any(String) as never, inCalls, inSessions, inSums, false)]);
  });

  it('finds no difference in a call that is still on, or whose begin nobody told', async () => {
    await billing.leg('on', { isEnded: false, amount: 900 });
    await billing.leg('unbegun', { startedAt: null, endedAt: null, amount: 10 });
    await billing.figured('unbegun');
    calls.sessions.clock.advance(5 * HOUR);

    expect(await recounted()).toEqual([0, 0, 0]);
  });

  it.each([
    ['was forgotten', 'sessions = 0, fees = 0', 1],
    ['was counted twice', 'sessions = 2, fees = 500000', 1],
    ['has a wrong fee', 'fees = 1', 1],
    ['was counted in another hour', `hour = hour + ${5 * HOUR}`, 2],
  ])('finds a session whose opening %s, and counts it rightly', async (_, wrong, differences) => {
    const before = await everything();
    await write(`UPDATE session_stat SET ${wrong} WHERE session_id = ? AND sessions = 1`, [session.id]);

    const [callDifferences, sessionDifferences] = await recounted();
    expect([callDifferences, sessionDifferences]).toEqual([0, differences]);

    await recounted(true);
    expect(await recounted()).toEqual([0, 0, 0]);
    expect(withoutNothing(await everything())).toEqual(withoutNothing(before));
  });

  it.each([
    [
      'a number',
      "call_stat SET calls = calls + 1 WHERE virtual_number <> '' AND calls = 1 AND account_id = ?",
      ACCOUNT,
    ],
    [
      'a number, in price',
      "call_stat SET amount = amount + 1 WHERE virtual_number <> '' AND calls = 1 AND account_id = ?",
      ACCOUNT,
    ],
    [
      'a number, in the own price',
      "call_stat SET own_amount = own_amount + 1 WHERE virtual_number <> '' AND calls = 1 AND account_id = ?",
      ACCOUNT,
    ],
    [
      'a number, in fees',
      "call_stat SET fees = fees - 1 WHERE virtual_number <> '' AND fees > 0 AND account_id = ?",
      ACCOUNT,
    ],
    [
      'all numbers of an account',
      "call_stat SET talk_seconds = talk_seconds + 1 WHERE virtual_number = '' AND calls = 1 AND account_id = ?",
      ACCOUNT,
    ],
    [
      'another account',
      "call_stat SET billed_seconds = billed_seconds + 60 WHERE virtual_number = '' AND account_id = ?",
      OTHER,
    ],
    ['a session', 'session_stat SET connected = connected + 1 WHERE calls = 1 AND account_id = ?', ACCOUNT],
  ])('finds a sum that is not that of its calls, and takes the surplus away: of %s', async (_, wrong, accountId) => {
    const before = await everything();
    await write(`UPDATE ${wrong}`, [accountId]);
    expect(await everything()).not.toEqual(before);

    const [callDifferences, sessionDifferences, sumDifferences] = await recounted();
    expect([callDifferences, sessionDifferences]).toEqual([0, 0]);
    expect(sumDifferences).toBeGreaterThan(0);
    expect(await everything()).not.toEqual(before);

    await recounted(true);
    expect(await everything()).toEqual(before);
    expect(await recounted()).toEqual([0, 0, 0]);
  });

  /** As a version before wrote them: by the hour, and neither direction nor subaccount. */
  const older = async (): Promise<void> => {
    for (const table of ['call_tally', 'call_stat', 'session_stat'])
      await write(`UPDATE ${table} SET hour = hour - hour % ${HOUR}, direction = 'unknown', subaccount_id = 'unknown'`);
  };

  it('of what was counted before quarters, directions and subaccounts were kept finds no difference', async () => {
    await older();

    expect(await recounted(true)).toEqual([0, 0, 0]);
    expect(await billing.stats('direction')).toEqual(['none 0 0 0 0 0 2 500000', 'unknown 2 1 60 120 37700 0 0']);
    expect(await billing.stats('subaccount')).toEqual(['unknown 2 1 60 120 37700 2 500000']);
  });

  it('moves what was counted before to its quarter, direction and subaccount when it is counted anew, to the micro-unit', async () => {
    const before = await billing.stats('direction');
    await older();
    await billing.learn('a', { amount: 9000 });
    await billing.figured('a');
    await billing.learn('a', { amount: 8500 });
    await billing.figured('a');

    expect(withoutNothing(await billing.stats('direction'))).toEqual(before);
    expect(await recounted()).toEqual([0, 0, 0]);
  });

  it('counts anew what is gone from the statistics altogether', async () => {
    const before = await everything();
    for (const table of ['call_tally', 'call_stat', 'session_stat']) await write(`DELETE FROM ${table}`);

    expect((await recounted(true))[0]).toBe(2);
    expect(await recounted()).toEqual([0, 0, 0]);
    expect(withoutNothing(await everything())).toEqual(withoutNothing(before));
  });

  it.each([1, 2, 3, 7, 8])('walks through all calls and sessions, %d at a time', async (pageSize) => {
    billing.recount.pageSize = pageSize;
    const opened = Array.from({ length: 5 }, () => newId());
    await database.transaction(async (tx) => {
      for (const [one, id] of opened.entries()) {
        await tx.query(
          `INSERT INTO masking_session (id, account_id, status, parties, virtual_number_id, virtual_number, settings, created_at, modified_at, expires_at)
           VALUES (?, ?, 'active', '', 1, '12025550000', '', 0, 0, 0)`,
          [id, ACCOUNT],
        );
        await LEGS.insert(tx, {
          accountId: ACCOUNT,
          legUuid: `leg-${one}`,
          side: 'A',
          isAnswered: true,
          isConnected: false,
          isEnded: true,
          startedAt: 0,
        });
      }
    });
    // The hour of the openings follows, as two sums.
    expect(await recounted(true)).toEqual([5, 5, 2]);
    expect(await recounted()).toEqual([0, 0, 0]);

    const [first, last] = [opened.toSorted().at(0), opened.toSorted().at(-1)];
    await write("UPDATE call_tally SET talk_seconds = 5 WHERE a_leg_uuid IN ('leg-0', 'leg-4')");
    await write('UPDATE session_stat SET sessions = 3 WHERE session_id IN (?, ?)', [first, last]);
    const [callDifferences, sessionDifferences] = await recounted();
    expect([callDifferences, sessionDifferences]).toEqual([2, 2]);
    expect((await billing.recount.last())?.calls).toBe(7);

    // Sums of sessions that are wrong without their calls being so, from the first page to the last.
    await recounted(true);
    await write('UPDATE session_stat SET talk_seconds = talk_seconds + 1');
    const sessions = await database.read((manager) =>
      manager.query<unknown[]>('SELECT DISTINCT session_id FROM session_stat'),
    );
    expect((await recounted(true))[2]).toBeGreaterThanOrEqual(sessions.length);
    expect(await recounted()).toEqual([0, 0, 0]);
  });

  it.each([1, 2, 3, 4, 5, 8])(
    'goes on where it was cut short, %i pages at a time, and finds the same',
    async (pages) => {
      await write('UPDATE call_tally SET billed_seconds = billed_seconds + 1');
      await write('UPDATE session_stat SET sessions = 2');
      await billing.recount.run(false);
      const { id: _, startedAt: __, finishedAt: ___, ...whole } = await lastRow();
      await write('DELETE FROM stat_recount');

      let runs = 0;
      const some = (): (() => boolean) => {
        let left = pages;
        return () => (left -= 1) >= 0;
      };
      while (!(await billing.recount.run(false, some()))) runs += 1;

      expect(runs).toBeGreaterThan(0);
      expect(await lastRow()).toMatchObject(whole);
      expect(await database.read((manager) => manager.query('SELECT * FROM stat_recount_progress'))).toEqual([]);
    },
  );

  it('never runs beside itself: who is overtaken stops at its next page and reports nothing', async () => {
    const [first, second] = await Promise.all([billing.recount.run(false), billing.recount.run(false)]);

    expect([first, second]).toEqual([true, true]);
    const reports: unknown[] = await database.read((manager) => manager.query('SELECT id FROM stat_recount'));
    // Two where a server began the second one only when the first was over. The next fact has them meet.
    expect(reports.length).toBeLessThanOrEqual(kind === 'sqlite' ? 1 : 2);
    expect(reports).not.toEqual([]);
    expect(await recounted()).toEqual([0, 0, 0]);
  });

  it('looks at no more than the page it is at once another run has taken its turn', async () => {
    const pages = { alone: 0, overtaken: 0 };
    await billing.recount.run(false, () => (pages.alone += 1) > 0);
    await write('DELETE FROM stat_recount');

    const others: Promise<boolean>[] = [];
    const isAtEnd = await billing.recount.run(false, () => {
      pages.overtaken += 1;
      if (pages.overtaken === 2) others.push(billing.recount.run(false, () => false));
      return true;
    });

    expect([isAtEnd, await Promise.all(others)]).toEqual([true, [false]]);
    expect(await billing.recount.last()).toBeNull();
    // On a server the other one may need a page to take it.
    expect(pages.alone).toBeGreaterThan(6);
    expect(pages.overtaken).toBeLessThanOrEqual(kind === 'sqlite' ? 2 : 4);
    // And the other one's place is gone on from.
    expect(await recounted()).toEqual([0, 0, 0]);
  });

  it('begins anew where what was cut short is a day old', async () => {
    await write('UPDATE call_tally SET billed_seconds = billed_seconds + 1');
    let left = 4;
    await billing.recount.run(false, () => (left -= 1) >= 0);
    calls.sessions.clock.advance(24 * HOUR);
    await billing.recount.run(true);
    await billing.recount.run(false);

    expect(await recounted()).toEqual([0, 0, 0]);
  });

  it('shows operators how much was wrong the last time', async () => {
    const shown = async () => differencesIn(await billing.recount.last());
    await write("UPDATE call_tally SET talk_seconds = 5 WHERE a_leg_uuid = 'a'");
    await write('UPDATE session_stat SET fees = 1 WHERE sessions = 1 AND session_id = ?', [session.id]);
    const differences = await recounted();
    expect(await shown()).toBe(differences.reduce((sum, each) => sum + each, 0));
    expect(Math.min(...differences)).toBeGreaterThan(0);

    await recounted(true);
    // What was found is mended.
    expect(await shown()).toBe(0);
    await recounted();
    expect(await shown()).toBe(0);
  });

  it('is known by its newest report, and not at all before the first', async () => {
    expect(await billing.recount.last()).toBeNull();
    await recounted(true);
    calls.sessions.clock.advance(1000);
    await recounted();

    expect(await billing.recount.last()).toMatchObject({ startedAt: calls.sessions.clock.now(), isRepaired: false });
  });

  it('runs in the background; one that waits is enough, of those that repair and of those that do not', async () => {
    const ask = (isRepair?: boolean) => database.transaction((tx) => billing.recount.enqueue(tx, isRepair));
    await ask();
    await ask();
    expect(await calls.jobs.runDue()).toBe(1);
    expect(await billing.recount.last()).toMatchObject({ isRepaired: false });

    calls.sessions.clock.advance(1000);
    await ask(true);
    await ask();
    await ask(true);
    expect(await calls.jobs.runDue()).toBe(2);
    const reports = await database.read((manager) =>
      manager.query<{ n: number }[]>('SELECT is_repaired AS n FROM stat_recount'),
    );
    expect(reports.map(({ n }) => Number(n)).sort()).toEqual([0, 0, 1]);
  });

  it('leaves off when its process is told to stop, and asks to be run again until it has come to its end', async () => {
    type Run = (payload: { isRepair: boolean }, context: { signal: AbortSignal }) => Promise<void>;
    const handlers: Run[] = [];
    const jobs = { handle: (_kind: string, _options: object, run: Run) => handlers.push(run) } as unknown as Jobs;
    const recount = Object.create(billing.recount) as Recount;
    Object.defineProperty(recount, 'jobs', { value: jobs });
    recount.onModuleInit();
    const run = (signal: AbortSignal) => handlers[0]?.({ isRepair: false }, { signal });

    await expect(run(AbortSignal.abort())).rejects.toThrow('goes on where it stopped');
    expect(await billing.recount.last()).toBeNull();

    await run(new AbortController().signal);
    expect(await billing.recount.last()).toMatchObject({ calls: 2 });
  });
});

/** A place that nothing counts for any more may stay with sums of 0. */
function withoutNothing(lines: string[]): string[] {
  return lines.filter((each) => !each.endsWith(' 0 0 0 0 0 0 0'));
}
