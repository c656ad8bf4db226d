import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NumberPoolExhausted } from './number-pool.errors.js';
import type { Database } from '../platform/database/database.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { addNumbers, clearSessions, FakeClock, party, sessionsOn, usNumbers } from '../../test/support/ground.js';

describeOnEachDatabase('allocating a number', (open, kind) => {
  let database: Database;
  let sessions: ReturnType<typeof sessionsOn>;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    sessions = sessionsOn(database);
  });

  const openPair = (first: number, second: number, more: Record<string, unknown> = {}) =>
    sessions.open({ first_party: party(first), second_party: party(second), ...more });

  it('gives the first number in pool order that neither party has', async () => {
    await addNumbers(database, usNumbers(3));

    expect((await openPair(1, 2)).virtualNumber).toBe('12025550000');
    expect((await openPair(1, 3)).virtualNumber).toBe('12025550001');
    expect((await openPair(2, 3)).virtualNumber).toBe('12025550002');
    expect((await openPair(4, 5)).virtualNumber).toBe('12025550000');
  });

  it('refuses with the documented text when no number is left, and says how many would do', async () => {
    await addNumbers(database, usNumbers(1));
    await openPair(1, 2);

    const refusal = await openPair(1, 3).catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(NumberPoolExhausted);
    expect(refusal).toMatchObject({
      message: 'Number pool exhausted or not available',
      details: { extra: { numbers_needed: 2 } },
    });
  });

  it('gives a pair the number it had last, before any it never had', async () => {
    await addNumbers(database, usNumbers(3));
    await openPair(1, 9);
    const had = await openPair(1, 2);
    await sessions.end(had.id);

    expect((await openPair(2, 1)).virtualNumber).toBe(had.virtualNumber);
  });

  it('prefers a number neither party ever had to one that a party had with somebody else', async () => {
    await addNumbers(database, usNumbers(2));
    await sessions.end((await openPair(1, 2)).id);

    expect((await openPair(1, 3)).virtualNumber).toBe('12025550001');
  });

  it('falls back to the number that has been free for longest', async () => {
    await addNumbers(database, usNumbers(2));
    const early = await openPair(1, 2);
    const late = await openPair(1, 3);
    await sessions.end(late.id);
    sessions.clock.advance(1000);
    await sessions.end(early.id);

    expect((await openPair(1, 4)).virtualNumber).toBe(late.virtualNumber);
  });

  it('keeps a number from its parties until the cool-off is over, to the millisecond', async () => {
    await addNumbers(database, usNumbers(1));
    const session = await openPair(1, 2, { virtual_number_cooloff_period: 60 });
    await sessions.end(session.id);

    sessions.clock.advance(59_999);
    await expect(openPair(1, 3)).rejects.toBeInstanceOf(NumberPoolExhausted);
    expect((await openPair(4, 5)).virtualNumber).toBe(session.virtualNumber);
    sessions.clock.advance(1);
    expect((await openPair(1, 3)).virtualNumber).toBe(session.virtualNumber);
  });

  it('frees a number at the expiry itself, before any tick', async () => {
    await addNumbers(database, usNumbers(1));
    await openPair(1, 2, { session_expiry: 60 });

    sessions.clock.advance(59_999);
    await expect(openPair(1, 3)).rejects.toBeInstanceOf(NumberPoolExhausted);
    sessions.clock.advance(1);
    await expect(openPair(1, 3)).resolves.toMatchObject({ virtualNumber: '12025550000' });
  });

  it("takes only numbers with the first party's calling code, unless geomatch is off", async () => {
    await addNumbers(database, ['442079460001', '12025550001']);

    expect((await openPair(1, 2)).virtualNumber).toBe('12025550001');
    await expect(sessions.open({ first_party: '+33123456789', second_party: party(5) })).rejects.toBeInstanceOf(
      NumberPoolExhausted,
    );
    const anywhere = await sessions.open({ first_party: '+33123456789', second_party: party(5), geomatch: false });
    expect(anywhere.virtualNumber).toBe('442079460001');
  });

  it('never lends a party its own number', async () => {
    await addNumbers(database, ['14155550001', '12025550001']);

    expect((await openPair(1, 2)).virtualNumber).toBe('12025550001');
  });

  it("keeps a subaccount's numbers and the main account's apart", async () => {
    await database.transaction((tx) =>
      tx.query(
        "INSERT INTO subaccount (auth_id, account_id, name, created_at) VALUES ('SATESTTESTTESTTEST00', 'MATESTTESTTESTTEST00', 'one', 0)",
      ),
    );
    await addNumbers(database, ['12025550009'], 'SATESTTESTTESTTEST00');
    await expect(openPair(1, 2)).rejects.toBeInstanceOf(NumberPoolExhausted);

    const session = await openPair(1, 2, { subaccount: 'SATESTTESTTESTTEST00' });

    expect(session).toMatchObject({ virtualNumber: '12025550009', subaccountId: 'SATESTTESTTESTTEST00' });
  });

  it('lends no number that drains, is retired or is missing at Plivo, and keeps the sessions it has', async () => {
    await addNumbers(database, usNumbers(1));
    const session = await openPair(1, 2);
    for (const state of ["status = 'draining'", "status = 'retired'", "status = 'active', missing_since = 1"]) {
      await database.transaction((tx) => tx.query(`UPDATE virtual_number SET ${state}`));
      await expect(openPair(3, 4)).rejects.toBeInstanceOf(NumberPoolExhausted);
    }

    expect(await openPair(1, 2)).toMatchObject({ id: session.id });
  });

  it('keeps open sessions alone among those that claim strangers, and PINs unique on a number', async () => {
    await addNumbers(database, usNumbers(4));
    const single = { create_session_with_single_party: true };
    const pin = { is_pin_authentication_required: true, pin_prompt_play: 'https://example.com/p.mp3' };
    const openOne = await sessions.open({ first_party: party(1), ...single });
    const openTwo = await sessions.open({ first_party: party(2), ...single });
    const pinOne = await openPair(3, 4, { ...pin, first_party_pin: '1111', second_party_pin: '2222' });
    const pinTwo = await openPair(5, 6, { ...pin, first_party_pin: '3333', second_party_pin: '4444' });
    const pinAgain = await openPair(7, 8, { ...pin, first_party_pin: '2222', second_party_pin: '5555' });
    const ordinary = await openPair(9, 10);

    expect([openOne, openTwo, pinOne, pinTwo, pinAgain, ordinary].map((session) => session.virtualNumber)).toEqual([
      '12025550000',
      '12025550001',
      '12025550002',
      '12025550002',
      '12025550003',
      '12025550000',
    ]);
    await expect(sessions.open({ first_party: party(11), ...single })).rejects.toBeInstanceOf(NumberPoolExhausted);
  });

  it('draws generated PINs again when the first draw is taken on every number', async () => {
    await addNumbers(database, usNumbers(1));
    const pin = {
      is_pin_authentication_required: true,
      pin_prompt_play: 'https://example.com/p.mp3',
      generate_pin: true,
    };
    const made = [];
    for (let index = 0; index < 60; index++) made.push(await openPair(2 * index, 2 * index + 1, pin));

    const pins = made.flatMap((session) => [session.parties.firstPin, session.parties.secondPin]);
    expect(new Set(pins).size).toBe(120);
  });

  it('never refuses with 2N-1 numbers and at most N live sessions a party, whatever is created, ended and expired', async () => {
    const N = 3;
    const PARTIES = 7;
    const action = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('create' as const),
          first: fc.nat(PARTIES - 1),
          second: fc.nat(PARTIES - 1),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat(50) }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant('expire' as const), seconds: fc.integer({ min: 1, max: 200 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('tick' as const) }) },
    );

    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 60 }), async (actions) => {
        await clearSessions(database);
        await addNumbers(database, usNumbers(2 * N - 1));
        const clock = new FakeClock();
        const world = sessionsOn(database, clock);
        let live: { id: string; first: number; second: number; expiresAt: number }[] = [];
        const busy = (one: number): number =>
          live.filter((session) => session.first === one || session.second === one).length;
        for (const step of actions) {
          live = live.filter((session) => session.expiresAt > clock.now());
          if (step.kind === 'create') {
            const isRenewal = live.some((session) => session.first === step.first && session.second === step.second);
            if (step.first === step.second || (!isRenewal && (busy(step.first) >= N || busy(step.second) >= N)))
              continue;
            const made = await world.open({
              first_party: party(step.first),
              second_party: party(step.second),
              session_expiry: 60 + step.first,
            });
            live = [
              ...live.filter((session) => session.id !== made.id),
              { id: made.id, first: step.first, second: step.second, expiresAt: made.expiresAt },
            ];
          } else if (step.kind === 'end') {
            const ended = live[step.which % Math.max(live.length, 1)];
            if (ended) await world.end(ended.id);
            live = live.filter((session) => session !== ended);
          } else if (step.kind === 'expire') clock.advance(step.seconds * 1000);
          else await world.expireDue.run();
        }
        await expectOneSessionPerPlace(database, clock.now());
      }),
      { numRuns: kind === 'sqlite' ? 60 : 12, seed: 20260105 },
    );
  }, 120_000);

  it('gives 64 parallel creators over overlapping parties no number twice and no half session', async () => {
    await addNumbers(database, usNumbers(10));
    const key = Buffer.alloc(32, 7);
    const clock = new FakeClock();
    const world = sessionsOn(database, clock, key);
    const refusals: unknown[] = [];
    let made = 0;

    await Promise.all(
      Array.from({ length: 64 }, async (_, creator) => {
        for (let round = 0; round < 6; round++) {
          const first = (creator * 7 + round * 3) % 23;
          const second = 30 + ((creator * 5 + round) % 19);
          try {
            const session = await world.open({ first_party: party(first), second_party: party(second) });
            made += 1;
            if ((creator + round) % 3 === 0) await world.end(session.id).catch(() => undefined);
          } catch (error) {
            if (!(error instanceof NumberPoolExhausted)) refusals.push(error);
          }
        }
      }),
    );

    expect(refusals).toEqual([]);
    expect(made).toBeGreaterThan(64);
    await expectOneSessionPerPlace(database, clock.now());
  }, 60_000);
});

/** Every live session has both its places, and no place has two live sessions. */
async function expectOneSessionPerPlace(database: Database, now: number): Promise<void> {
  const { live, places } = await database.read(async (manager) => ({
    live: (await manager.query(
      "SELECT id, virtual_number_id FROM masking_session WHERE status = 'active' AND expires_at > ?",
      [now],
    )) as {
      id: string;
      virtual_number_id: number;
    }[],
    places: (await manager.query('SELECT session_id, virtual_number_id FROM number_assignment WHERE free_after > ?', [
      now,
    ])) as {
      session_id: string;
      virtual_number_id: number;
    }[],
  }));
  const expected = live.flatMap((session) => [
    `${session.id} ${session.virtual_number_id}`,
    `${session.id} ${session.virtual_number_id}`,
  ]);
  expect(places.map((place) => `${place.session_id} ${place.virtual_number_id}`).sort()).toEqual(expected.sort());
}
