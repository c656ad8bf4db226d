import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, FakeClock } from '../../../test/support/ground.js';
import { Accounts, type PlivoAccess } from '../../accounts/index.js';
import { ListingTooLong, type FindCalls, type PlivoClient } from '../../plivo/index.js';
import type { Database } from '../../platform/database/database.js';
import { JoinRecords } from './join-records.js';
import { SweepRecords } from './sweep-records.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

describeOnEachDatabase('the sweep of call records', (open) => {
  let database: Database;
  let clock: FakeClock;
  let asked: { from: number; to: number }[];
  let longest: number;
  let sweep: SweepRecords;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await database.transaction((tx) => tx.query('DELETE FROM record_sweep'));
    clock = new FakeClock();
    asked = [];
    longest = Number.POSITIVE_INFINITY;
    const plivo = {
      findCalls: async (_: unknown, { endedFrom = 0, endedBefore = 0 }: FindCalls) => {
        if (endedBefore - endedFrom > longest) throw new ListingTooLong('too many');
        asked.push({ from: endedFrom, to: endedBefore - 1000 });
        return [];
      },
    } as unknown as PlivoClient;
    const access = { of: async () => ({ authId: 'MA', authToken: 'x' }) } as unknown as PlivoAccess;
    const { jobs, sessions } = callsOn(database, { clock });
    const join = new JoinRecords(database, clock, sessions.events);
    sweep = new SweepRecords(database, clock, jobs, new Accounts(), plivo, access, join);
    await sweep.run(ACCOUNT);
    asked.splice(0);
  });

  /** Runs as the job does, again while there is more to read. */
  async function sweepAll(): Promise<void> {
    for (let run = 0; run < 50; run++) {
      try {
        return await sweep.run(ACCOUNT);
      } catch (error) {
        expect((error as Error).name).toBe('RetryLater');
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

  it('takes shorter slices where there are more records than one listing may have', async () => {
    longest = 5 * MINUTE;
    clock.advance(180 * MINUTE);
    await sweepAll();
    expectGapless();
    expect(Math.max(...asked.map(({ from, to }) => to - from))).toBeLessThanOrEqual(longest);
  });
});
