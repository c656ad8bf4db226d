import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { NumberPoolExhausted } from '../number-pool/index.js';
import type { Database } from '../platform/database/database.js';
import { parseCaller, type E164 } from '../telephony/phone.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import {
  ACCOUNT,
  addNumbers,
  clearSessions,
  FakeClock,
  OWNER,
  party,
  sessionsOn,
  usNumbers,
} from '../../test/support/ground.js';
import { SessionEnded } from './sessions.events.js';

describeOnEachDatabase('sessions', (open) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    sessions = sessionsOn(database);
    await addNumbers(database, usNumbers(5));
  });

  const pair = { first_party: party(1), second_party: party(2) };
  const routeOf = (virtualNumber: string, caller: string) =>
    database.transaction((tx) =>
      sessions.findRoute.run(tx, ACCOUNT, virtualNumber as E164, parseCaller(caller) as E164),
    );
  const liveRows = async (): Promise<number> => {
    const [row] = (await database.read((manager) =>
      manager.query("SELECT COUNT(*) AS n FROM masking_session WHERE status = 'active'"),
    )) as { n: number }[];
    return Number(row?.n);
  };

  it('thirty creates of one pair at once are one session', async () => {
    const made = await Promise.all(Array.from({ length: 30 }, () => sessions.open(pair)));

    expect(new Set(made.map((session) => session.id)).size).toBe(1);
    expect(await liveRows()).toBe(1);
  });

  it('a create for a live pair renews it: given parameters overwrite, others and the PINs stay', async () => {
    const pin = {
      is_pin_authentication_required: true,
      pin_prompt_play: 'https://example.com/p.mp3',
      first_party_pin: '1234',
      second_party_pin: '5678',
    };
    const first = await sessions.open({
      ...pair,
      ...pin,
      session_expiry: 600,
      callback_url: 'https://example.com/a',
      ring_timeout: 20,
    });
    sessions.clock.advance(10_000);
    const again = await sessions.open({ ...pair, ...pin, first_party_pin: '9999', ring_timeout: 33 });

    expect(again).toMatchObject({
      id: first.id,
      virtualNumber: first.virtualNumber,
      createdAt: first.createdAt,
      modifiedAt: sessions.clock.now(),
      expiresAt: sessions.clock.now() + 600_000,
      parties: { firstPin: '1234', secondPin: '5678' },
      settings: { ring_timeout: 33, callback_url: 'https://example.com/a', session_expiry: 600 },
    });
  });

  it('a swapped pair is another session on another number', async () => {
    const one = await sessions.open(pair);
    const other = await sessions.open({ first_party: pair.second_party, second_party: pair.first_party });

    expect(other.id).not.toBe(one.id);
    expect(other.virtualNumber).not.toBe(one.virtualNumber);
  });

  it('a pair whose session has run out gets a new one, even before the tick', async () => {
    const first = await sessions.open({ ...pair, session_expiry: 60 });
    sessions.clock.advance(60_000);
    const second = await sessions.open(pair);

    expect(second.id).not.toBe(first.id);
    expect(await sessions.expireDue.run()).toBe(1);
    expect((await sessions.open(pair)).id).toBe(second.id);
  });

  it('sessions with one party are never taken for each other', async () => {
    const single = { first_party: party(1), create_session_with_single_party: true };

    expect((await sessions.open(single)).id).not.toBe((await sessions.open(single)).id);
  });

  it('an expiry given on update counts from the update; the hold on the number follows', async () => {
    const session = await sessions.open({ ...pair, session_expiry: 60 });
    sessions.clock.advance(22_000);
    const updated = await sessions.update(session.id, { session_expiry: 600 });

    expect(updated).toMatchObject({
      expiresAt: sessions.clock.now() + 600_000,
      modifiedAt: sessions.clock.now(),
      createdAt: session.createdAt,
    });
    sessions.clock.advance(599_999);
    expect(await routeOf(session.virtualNumber, party(1))).toMatchObject({ role: 'first' });
    sessions.clock.advance(1);
    expect(await routeOf(session.virtualNumber, party(1))).toBeNull();
  });

  it('an update of an ended session is refused, whether the tick has come or not', async () => {
    const session = await sessions.open({ ...pair, session_expiry: 60 });
    sessions.clock.advance(60_000);
    await expect(sessions.update(session.id, {})).rejects.toThrow('Session already expired');
    await sessions.expireDue.run();
    await expect(sessions.update(session.id, {})).rejects.toThrow('Session already expired');
    await expect(sessions.end(session.id)).rejects.toThrow('Session already expired');
  });

  it('natural expiry leaves modified_time alone; a delete moves both', async () => {
    const expired = await sessions.open({ ...pair, session_expiry: 60 });
    const deleted = await sessions.open({ first_party: party(3), second_party: party(4) });
    sessions.clock.advance(30_500);
    await sessions.end(deleted.id);
    sessions.clock.advance(30_000);
    await sessions.expireDue.run();

    expect(await sessions.findSession.run(OWNER, expired.id)).toMatchObject({
      status: 'expired',
      modified_time: '2026-01-05 10:00:00 +0000 UTC',
      expiry_time: '2026-01-05 10:01:00 +0000 UTC',
      duration: 60,
    });
    expect(await sessions.findSession.run(OWNER, deleted.id)).toMatchObject({
      status: 'expired',
      modified_time: '2026-01-05 10:00:30 +0000 UTC',
      expiry_time: '2026-01-05 10:00:30 +0000 UTC',
      duration: 30,
    });
  });

  it('the missing party can be set, then changed; the one that left is a stranger from then on', async () => {
    const session = await sessions.open({ first_party: party(1), create_session_with_single_party: true });
    await sessions.update(session.id, { second_party: party(2) });
    expect(await routeOf(session.virtualNumber, party(2))).toMatchObject({
      role: 'second',
      session: { id: session.id },
    });

    await sessions.update(session.id, { second_party: party(3), session_expiry: 900 });

    expect(await routeOf(session.virtualNumber, party(2))).toBeNull();
    expect(await routeOf(session.virtualNumber, party(3))).toMatchObject({ role: 'second' });
  });

  it('once the missing party is set, strangers on its number are free for another session', async () => {
    await database.transaction((tx) => tx.query('DELETE FROM virtual_number WHERE number <> ?', [usNumbers(1)[0]]));
    const single = { create_session_with_single_party: true };
    const session = await sessions.open({ first_party: party(1), ...single });
    await expect(sessions.open({ first_party: party(3), ...single })).rejects.toBeInstanceOf(NumberPoolExhausted);

    await sessions.update(session.id, { second_party: party(2) });

    await expect(sessions.open({ first_party: party(3), ...single })).resolves.toMatchObject({
      virtualNumber: session.virtualNumber,
    });
  });

  it('parties that change places keep their places on the number', async () => {
    const session = await sessions.open({ ...pair, create_session_with_single_party: true });
    await sessions.update(session.id, { first_party: party(2), second_party: party(1) });

    expect(await routeOf(session.virtualNumber, party(1))).toMatchObject({ role: 'second' });
    expect(await routeOf(session.virtualNumber, party(2))).toMatchObject({ role: 'first' });
    sessions.clock.advance(1);
    await expect(sessions.open({ first_party: party(1), second_party: party(9) })).resolves.not.toMatchObject({
      virtualNumber: session.virtualNumber,
    });
  });

  it('a party that is busy on the number for another session cannot join', async () => {
    const single = await sessions.open({ first_party: party(1), create_session_with_single_party: true });
    const other = await sessions.open({ first_party: party(2), second_party: party(3) });
    expect(other.virtualNumber).toBe(single.virtualNumber);

    await expect(sessions.update(single.id, { second_party: party(2) })).rejects.toThrow(
      'Number pool exhausted or not available',
    );
    expect(await routeOf(other.virtualNumber, party(2))).toMatchObject({ session: { id: other.id } });
  });

  it('the parties of a two-party session cannot be updated; naming the same ones is no change', async () => {
    const session = await sessions.open(pair);

    await expect(sessions.update(session.id, { first_party: party(7) })).rejects.toThrow(
      'Invalid parameter. first_party cannot be updated',
    );
    await expect(sessions.update(session.id, pair)).resolves.toMatchObject({ id: session.id });
  });

  it('two processes expire 1,300 due sessions, each announced once', async () => {
    const key = Buffer.alloc(32, 1);
    const clock = new FakeClock();
    const processes = [sessionsOn(database, clock, key), sessionsOn(database, clock, key)];
    const ended: string[] = [];
    for (const one of processes)
      one.events.subscribe(SessionEnded, async (_tx, event) => void ended.push(event.sessionId));
    await database.transaction(async (tx) => {
      for (let index = 0; index < 1300; index++) {
        await tx.query(
          `INSERT INTO masking_session (id, account_id, status, parties, virtual_number_id, virtual_number, settings, created_at, modified_at, expires_at)
           VALUES (?, ?, 'active', '', 1, '', '{}', 0, 0, ?)`,
          [`due-${index}`, ACCOUNT, clock.now() - index],
        );
      }
    });

    const counts = await Promise.all(processes.map((one) => one.expireDue.run()));
    // A batch that the other rolled back for a deadlock is announced again by its second run only.
    expect(counts.reduce((sum, count) => sum + count)).toBe(1300);
    expect(new Set(ended).size).toBe(1300);
    expect(await liveRows()).toBe(0);
  }, 60_000);

  it('a renewal and a takeover at the moment of expiry never both have the number', async () => {
    for (let round = 0; round < 15; round++) {
      await clearSessions(database);
      await addNumbers(database, usNumbers(1));
      const clock = new FakeClock();
      const key = Buffer.alloc(32, 2);
      // The first's clock lags a second behind the second's: it still thinks the session live.
      const slow = sessionsOn(database, clock, key);
      const fast = sessionsOn(database, Object.assign(new FakeClock(), { now: () => clock.now() + 1000 }), key);
      const session = await slow.open({ ...pair, session_expiry: 60 });
      clock.advance(59_500);

      const [renewed, taken] = await Promise.allSettled([
        slow.update(session.id, { session_expiry: 600 }),
        fast.open({ first_party: party(1), second_party: party(8) }),
      ]);

      expect([renewed.status, taken.status].filter((status) => status === 'fulfilled')).toHaveLength(1);
    }
  }, 60_000);
});
