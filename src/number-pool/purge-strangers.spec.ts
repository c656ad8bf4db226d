import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { addNumbers, clearSessions, party, sessionsOn, usNumbers } from '../../test/support/ground.js';
import { HOUR_MS } from '../platform/clock.js';
import type { Database } from '../platform/database/database.js';
import { PurgeStrangers } from './purge-strangers.js';
import { PIN_ASSIGNMENTS } from './virtual-number.entity.js';

describeOnEachDatabase('the purge of PINs that are over', (open) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;
  let purge: PurgeStrangers;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, usNumbers(2));
    sessions = sessionsOn(database);
    purge = new PurgeStrangers(database, sessions.clock);
  });

  const openPins = (first: string, second: string, more: Record<string, unknown> = {}) =>
    sessions.open({
      first_party: party(Number(first)),
      second_party: party(Number(second)),
      is_pin_authentication_required: true,
      pin_prompt_play: 'https://example.com/p.mp3',
      first_party_pin: first,
      second_party_pin: second,
      ...more,
    });
  const left = async (): Promise<number> =>
    (await database.read<unknown[]>((manager) => manager.query('SELECT 1 FROM pin_assignment'))).length;

  it('forgets them an hour after their cool-off, to the millisecond, and never those of a live session', async () => {
    await openPins('4001', '4002', { session_expiry: 60, virtual_number_cooloff_period: 30 });
    await openPins('4003', '4004', { session_expiry: 60 });
    const renewed = await openPins('4005', '4006', { session_expiry: 60 });
    await openPins('4005', '4006', { session_expiry: 86_400 });
    sessions.clock.advance(60_000 + HOUR_MS - 1);
    expect([await purge.run(), await left()]).toEqual([0, 6]);
    sessions.clock.advance(1);
    expect([await purge.run(), await left()]).toEqual([2, 4]);
    sessions.clock.advance(30_000);
    expect([await purge.run(), await left()]).toEqual([2, 2]);
    await sessions.end(renewed.id);
    sessions.clock.advance(HOUR_MS);
    expect([await purge.run(), await left()]).toEqual([2, 0]);
  });

  it('takes more than one batch, on more than one number', async () => {
    const { virtualNumberId } = await openPins('4001', '4002', { session_expiry: 60 });
    await database.transaction((tx) =>
      PIN_ASSIGNMENTS.insert(
        tx,
        Array.from({ length: 1001 }, (_, index) => ({
          virtualNumberId: virtualNumberId + (index % 2),
          pinIndex: String(index),
          sessionId: 's',
          role: 'first' as const,
          freeAfter: 0,
        })),
      ),
    );
    expect([await purge.run(), await left()]).toEqual([1001, 2]);
  });
});
