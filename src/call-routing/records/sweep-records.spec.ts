import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../../test/support/ground.js';
import { Accounts, type PlivoAccess } from '../../accounts/index.js';
import { ListingTooLong, type CallRecord, type FindCalls, type PlivoClient } from '../../plivo/index.js';
import type { Database } from '../../platform/database/database.js';
import { CallFigured, PartyHungUp } from '../call-routing.events.js';
import { JoinRecords } from './join-records.js';
import { SweepRecords } from './sweep-records.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

describeOnEachDatabase('the sweep of call records', (open) => {
  let database: Database;
  let clock: FakeClock;
  let asked: { from: number; to: number }[];
  let longest: number;
  let listed: CallRecord[];
  let figured: CallFigured[];
  let world: ReturnType<typeof callsOn>;
  let sweep: SweepRecords;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await database.transaction(async (tx) => {
      for (const table of ['record_sweep', 'account', 'subaccount']) await tx.query(`DELETE FROM ${table}`);
    });
    clock = new FakeClock();
    asked = [];
    longest = Number.POSITIVE_INFINITY;
    listed = [];
    figured = [];
    const plivo = {
      findCalls: async (_: unknown, { endedFrom = 0, endedBefore = 0 }: FindCalls) => {
        if (endedBefore - endedFrom > longest) throw new ListingTooLong('too many');
        asked.push({ from: endedFrom, to: endedBefore - 1000 });
        return listed.filter(({ endedAt }) => endedAt === null || (endedAt >= endedFrom && endedAt < endedBefore));
      },
    } as unknown as PlivoClient;
    const access = { of: async () => ({ authId: 'MA', authToken: 'x' }) } as unknown as PlivoAccess;
    world = callsOn(database, { clock });
    const { jobs, sessions } = world;
    sessions.events.subscribe(CallFigured, async (_tx, event) => void figured.push(event));
    const join = new JoinRecords(database, clock, sessions.events);
    sweep = new SweepRecords(database, clock, jobs, new Accounts(), plivo, access, join);
    await sweep.run({ accountId: ACCOUNT });
    asked.splice(0);
  });

  /** Runs as the job does, again while there is more to read. */
  async function sweepAll(): Promise<void> {
    for (let run = 0; run < 50; run++) {
      try {
        return await sweep.run({ accountId: ACCOUNT });
      } catch (error) {
        expect((error as Error).name).toBe('Defer');
      }
    }
    throw new Error('the sweep does not end');
  }
  /** What is read begins, each time, no later than what was read before ends. */
  function expectGapless(): void {
    let readUntil = asked[0]?.from ?? Number.NaN;
    for (const { from, to } of asked) {
      expect(from).toBeLessThanOrEqual(readUntil);
      readUntil = Math.max(readUntil, to);
    }
    expect(readUntil).toBe(clock.now() - 30_000);
  }

  it('reads a quiet week in few requests, without a gap', async () => {
    clock.advance(7 * DAY);
    await sweepAll();
    expectGapless();
    expect(asked.length).toBeLessThan(250);
  });

  it('goes on from an hour ago once a clock that was days ahead is set back', async () => {
    clock.advance(3 * DAY);
    await sweepAll();
    clock.advance(-3 * DAY);
    asked.splice(0);
    await sweepAll();
    expect(asked[0]?.from).toBe(clock.now() - 30_000 - 60 * MINUTE);
    asked.splice(0);
    clock.advance(5 * MINUTE);
    await sweepAll();
    expect(asked[0]?.from).toBe(clock.now() - 5 * MINUTE - 30_000 - 10 * MINUTE);
  });

  it('takes shorter slices where there are more records than one listing may have', async () => {
    longest = 5 * MINUTE;
    clock.advance(180 * MINUTE);
    await sweepAll();
    expectGapless();
    expect(Math.max(...asked.map(({ from, to }) => to - from))).toBeLessThanOrEqual(longest);
  });

  describe('takes up', () => {
    const [VIRTUAL = ''] = usNumbers(1);
    const [A_LEG, B_LEG] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
    const record = (callUuid: string, more: Partial<CallRecord> = {}): CallRecord => ({
      callUuid,
      parentCallUuid: callUuid === A_LEG ? null : A_LEG,
      direction: callUuid === A_LEG ? 'inbound' : 'outbound',
      from: callUuid === A_LEG ? party(1) : VIRTUAL,
      to: callUuid === A_LEG ? VIRTUAL : party(2),
      startedAt: clock.now() - 60_000,
      answeredAt: clock.now() - 55_000,
      endedAt: clock.now() - 50_000,
      durationSeconds: 5,
      billedSeconds: 60,
      amountMicros: 8500,
      hangupCauseCode: 4000,
      hangupCauseName: 'Normal Hangup',
      hangupSource: 'Caller',
      ...more,
    });
    const legs = () =>
      database.read<{ leg_uuid: string; side: string; amount: number | null }[]>((manager) =>
        manager.query('SELECT leg_uuid, side, amount FROM call_leg ORDER BY leg_uuid'),
      );
    const sweepOf = async (...records: CallRecord[]): Promise<void> => {
      listed = records;
      clock.advance(1);
      await sweep.run({ accountId: ACCOUNT });
    };

    beforeEach(async () => {
      await clearSessions(database);
      await addNumbers(database, [VIRTUAL]);
    });

    it("a call to a number of the account of which no webhook came, and its price, as nobody's hang-up", async () => {
      const hungUp: PartyHungUp[] = [];
      world.sessions.events.subscribe(PartyHungUp, async (_tx, event) => void hungUp.push(event));
      await sweepOf(record(A_LEG));
      expect(await legs()).toEqual([{ leg_uuid: A_LEG, side: 'A', amount: 8500 }]);
      expect(figured).toEqual([new CallFigured(ACCOUNT, A_LEG, VIRTUAL, 'open')]);
      expect(hungUp).toEqual([]);
    });

    it('of a call that it was never asked to answer only the leg of the caller', async () => {
      await sweepOf(record(B_LEG), record(A_LEG));
      expect((await legs()).map((leg) => leg.leg_uuid)).toEqual([A_LEG]);
    });

    it.each([
      ['to a number that is not in the pool', { to: '12025559999' }],
      ['to no number at all', { to: 'sip:somebody@phone.plivo.com' }],
      ['that others place from a number of ours', { direction: 'outbound', from: VIRTUAL, to: party(1) }],
      ['that says no direction', { direction: null }],
    ] as const)('no call %s', async (_, more) => {
      await sweepOf(record(A_LEG, more));
      expect([await legs(), figured]).toEqual([[], []]);
    });

    it("no call to another account's number", async () => {
      await database.transaction((tx) => tx.query("UPDATE virtual_number SET account_id = 'MAOTHEROTHEROTHER000'"));
      await sweepOf(record(A_LEG));
      expect(await legs()).toEqual([]);
    });

    it('no leg whose caller is not listed and not known', async () => {
      await sweepOf(record(B_LEG));
      expect(await legs()).toEqual([]);
    });

    it('nothing where the record tells nothing new, and a correction of the bill', async () => {
      const known = record(A_LEG);
      await sweepOf(known);
      await sweepOf(known);
      expect(figured).toHaveLength(1);
      const toldByWebhook = (amount: number) =>
        database.transaction((tx) => tx.query('UPDATE call_leg SET is_recorded = NULL, amount = ?', [amount]));
      await toldByWebhook(8500);
      await sweepOf(known);
      expect(figured).toHaveLength(1);
      await toldByWebhook(17_000);
      await sweepOf(known);
      expect(figured).toHaveLength(2);
      expect(await legs()).toMatchObject([{ amount: 8500 }]);
    });

    const answered = (decision: string, reason: string): Promise<void> =>
      database.transaction(async (tx) => {
        await tx.query(
          `INSERT INTO masked_call (id, account_id, kind, a_leg_uuid, caller_role, session_id, pin_attempts, decision, reason, answer, created_at)
           VALUES ('call', ?, 'inbound', ?, 'first', 'session', 0, ?, ?, '', ?)`,
          [ACCOUNT, A_LEG, decision, reason, clock.now()],
        );
        await tx.query(
          `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, side, role, is_answered, is_connected, is_ended)
           VALUES (?, ?, 'call', 'session', 'A', 'first', 0, 0, 0)`,
          [ACCOUNT, A_LEG],
        );
      });

    it('of a call that was handed on only the leg of the caller: whom it reached elsewhere is not of ours', async () => {
      await answered('redirect', 'expired');
      await sweepOf(record(A_LEG), record(B_LEG));
      expect(await legs()).toEqual([{ leg_uuid: A_LEG, side: 'A', amount: 8500 }]);
    });

    it('the lost end of a call that is known, with its other leg', async () => {
      const known = record(A_LEG);
      await answered('connect', 'party');
      await sweepOf(known, record(B_LEG));
      expect(await legs()).toEqual([
        { leg_uuid: A_LEG, side: 'A', amount: 8500 },
        { leg_uuid: B_LEG, side: 'B', amount: 8500 },
      ]);
      expect(figured).toHaveLength(1);
    });
  });

  it('reads what ended in the last ten minutes again, and half a minute that may still be late not yet', async () => {
    clock.advance(MINUTE);
    await sweep.run({ accountId: ACCOUNT });
    expect(asked[0]?.from).toBe(clock.now() - MINUTE - 30_000 - 600_000);
    expect(asked.at(-1)?.to).toBe(clock.now() - 30_000);
    expectGapless();
  });

  it('looks back no further than a week', async () => {
    clock.advance(8 * DAY);
    await sweepAll();
    expect(asked[0]?.from).toBe(clock.now() - 30_000 - 7 * DAY);
    expectGapless();
  });

  describe('that is the first', () => {
    const SUBACCOUNT = 'SASWEPTSWEPTSWEPT000';
    const made = async (ago: number): Promise<number> => {
      const at = clock.now() - ago;
      await database.transaction(async (tx) => {
        await tx.query('DELETE FROM record_sweep');
        await tx.query(
          `INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, status, holds, created_at)
           VALUES (?, 'swept', 'MASWEPTSWEPTSWEPT000', 'sealed', 'active', 0, ?)`,
          [ACCOUNT, at],
        );
        await tx.query(`INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES (?, ?, 'swept', ?)`, [
          SUBACCOUNT,
          ACCOUNT,
          at + MINUTE,
        ]);
      });
      return at;
    };

    it('begins with the account', async () => {
      const createdAt = await made(2 * DAY);
      await sweepAll();
      expect(asked[0]?.from).toBe(createdAt);
      expectGapless();
    });

    it('of a subaccount at Plivo begins with the subaccount', async () => {
      const createdAt = await made(60 * MINUTE);
      await sweep.run({ accountId: ACCOUNT, subaccountId: SUBACCOUNT });
      expect(asked[0]?.from).toBe(createdAt + MINUTE);
    });

    it('looks back no further than a week', async () => {
      await made(300 * DAY);
      await sweepAll();
      expect(asked[0]?.from).toBe(clock.now() - 30_000 - 7 * DAY);
    });

    it('of an account that has just been made reads nothing yet', async () => {
      await made(0);
      await sweep.run({ accountId: ACCOUNT });
      expect(asked).toEqual([]);
    });
  });

  it('goes two minutes at a time, and in longer steps where little happened, an hour at the most', async () => {
    clock.advance(5 * 60 * MINUTE);
    await sweepAll();
    expect(asked.slice(0, 5).map(({ from, to }) => (to - from) / MINUTE)).toEqual([2, 8, 32, 60, 60]);
    expectGapless();
  });

  it('keeps to two minutes where a hundred records are listed', async () => {
    const busy = clock.now() - 30_000 - 10 * MINUTE + 1000;
    clock.advance(20 * MINUTE);
    listed = Array.from({ length: 100 }, (_, index) => ({ callUuid: `c${index}`, endedAt: busy })) as CallRecord[];
    await sweepAll();
    expect(asked.slice(0, 3).map(({ from, to }) => (to - from) / MINUTE)).toEqual([2, 2, 8]);
  });

  it('takes ninety-nine for little', async () => {
    const busy = clock.now() - 30_000 - 10 * MINUTE + 1000;
    clock.advance(20 * MINUTE);
    listed = Array.from({ length: 99 }, (_, index) => ({ callUuid: `c${index}`, endedAt: busy })) as CallRecord[];
    await sweepAll();
    expect(asked.slice(0, 2).map(({ from, to }) => (to - from) / MINUTE)).toEqual([2, 8]);
  });

  it('does thirty steps at once, and the rest right after', async () => {
    clock.advance(6 * DAY);
    await expect(sweep.run({ accountId: ACCOUNT })).rejects.toMatchObject({ name: 'Defer', seconds: 1 });
    expect(asked).toHaveLength(30);
  });

  it('never remembers less than it has read', async () => {
    clock.advance(60 * MINUTE);
    await sweepAll();
    const swept = async () => (await database.read<unknown[]>((m) => m.query('SELECT * FROM record_sweep'))).at(0);
    const before = await swept();
    clock.advance(-30 * MINUTE);
    await sweep.run({ accountId: ACCOUNT });
    expect(await swept()).toEqual(before);
  });

  it('passes on what Plivo refuses, and a listing that cannot be read however short the slice is', async () => {
    longest = 1000;
    clock.advance(MINUTE);
    await expect(sweep.run({ accountId: ACCOUNT })).rejects.toBeInstanceOf(ListingTooLong);
  });

  it('is one job for each account', async () => {
    await clearSessions(database);
    await database.transaction((tx) =>
      tx.query(
        "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'x', 'x', 'x', 0)",
        [ACCOUNT],
      ),
    );
    expect([await sweep.enqueue(), await sweep.enqueue()]).toEqual([1, 1]);
    const jobs = await database.read<{ payload: string }[]>((m) => m.query('SELECT payload FROM job'));
    expect(jobs.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([{ accountId: ACCOUNT }]);
  });

  it('is tried again soon after a failure, and less and less often, every two minutes at least', async () => {
    await clearSessions(database);
    sweep.onModuleInit();
    await database.transaction((tx) =>
      tx.query(
        "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'x', 'x', 'x', 0)",
        [ACCOUNT],
      ),
    );
    longest = 0;
    await sweep.enqueue();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      await world.jobs.runDue();
      const [job] = await database.read<{ run_at: number }[]>((m) => m.query('SELECT run_at FROM job'));
      waits.push((Number(job!.run_at) - clock.now()) / 1000);
      clock.advance(waits.at(-1)! * 1000);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 120, 120]);
    longest = Number.POSITIVE_INFINITY;
    await world.jobs.runDue();
    expect(asked.length).toBeGreaterThan(0);
    expect(await database.read((m) => m.query('SELECT run_at FROM job'))).toEqual([]);
  });
});
