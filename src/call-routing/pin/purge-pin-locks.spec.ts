import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, clearSessions, FakeClock } from '../../../test/support/ground.js';
import { HOUR_MS } from '../../platform/clock.js';
import type { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { PIN_FAILURES } from './pin-failure.entity.js';
import { PIN_GATES } from './pin-gate.entity.js';
import { PurgePinLocks } from './purge-pin-locks.js';

describeOnEachDatabase('the purge of wrong PINs', (open, kind) => {
  let database: Database;
  let clock: FakeClock;
  let purge: PurgePinLocks;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    clock = new FakeClock();
    purge = new PurgePinLocks(database, clock);
  });

  const fail = (times = 1) =>
    database.transaction((tx) =>
      PIN_FAILURES.insert(
        tx,
        Array.from({ length: times }, () => ({
          id: newId(),
          accountId: ACCOUNT,
          sessionId: 's',
          callerIndex: 'withheld',
          failedAt: clock.now(),
        })),
      ),
    );
  const gate = (name: string, judgedAt = clock.now()) =>
    database.transaction((tx) => PIN_GATES.insert(tx, { accountId: ACCOUNT, gate: name, judgedAt }));
  const count = async (table: string): Promise<number> => {
    const [row] = await database.read<{ n: number }[]>((manager) =>
      manager.query(`SELECT COUNT(*) AS n FROM ${table}`),
    );
    return Number(row?.n);
  };

  it('forgets each an hour after it, to the millisecond', async () => {
    await fail(2);
    await gate('n:12025550000');
    clock.advance(1);
    await fail();
    await gate('n:12025550001');
    clock.advance(HOUR_MS - 2);
    expect(await purge.run()).toBe(0);
    clock.advance(1);
    expect([await purge.run(), await count('pin_failure'), await count('pin_gate')]).toEqual([3, 1, 1]);
    clock.advance(1);
    expect([await purge.run(), await purge.run()]).toEqual([2, 0]);
  });

  it('takes more than one batch of each, and the gates of callers, which keep no instant', async () => {
    await fail(1001);
    for (let caller = 0; caller < 501; caller++) await gate(`c:${caller}`, 0);
    clock.advance(HOUR_MS);
    await fail(3);
    expect([await purge.run(), await count('pin_failure'), await count('pin_gate')]).toEqual([1502, 3, 0]);
  });

  // On SQLite transactions come one after the other.
  (kind === 'sqlite' ? it.skip : it)(
    'waits for no guess: the gate that it holds stays, and goes an hour later',
    async () => {
      await gate('n:12025550000', 0);
      await gate('n:12025550001', 0);
      await database.transaction(async (guess) => {
        await PIN_GATES.update(guess, { judgedAt: 0 }, 'WHERE gate = ?', ['n:12025550000']);
        expect(await purge.run()).toBe(1);
      });
      expect(await count('pin_gate')).toBe(1);
      expect(await purge.run()).toBe(1);
    },
  );
});
