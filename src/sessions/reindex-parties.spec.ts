import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, sessionsOn } from '../../test/support/ground.js';
import { ReindexPinFailures } from '../call-routing/pin/reindex-pin-failures.js';
import { createLogger } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { IDENTITY_VERSION } from '../telephony/identity.js';
import type { E164 } from '../telephony/phone.js';
import { ReindexParties } from './reindex-parties.js';
import type { SessionRecord } from './session-record.js';
import { SessionEnded } from './sessions.events.js';

const KEY = Buffer.alloc(32, 3);
const [WITH_9, WITHOUT_9] = ['5491166773399', '541166773399'] as const;
const [B, C] = ['14155550101', '14155550102'] as const;
const [ONE, TWO] = ['12025550140', '12025550141'] as const;

describeOnEachDatabase('what earlier versions stored of parties', (open) => {
  let database: TestDatabase['database'];
  let clock: FakeClock;
  let now: ReturnType<typeof callsOn>;
  let before: ReturnType<typeof sessionsOn>;
  let lines: string[];
  let metrics: Metrics;

  beforeAll(async () => {
    ({ database } = await open());
  });

  beforeEach(async () => {
    await clearSessions(database);
    await database.transaction((tx) => tx.query('DELETE FROM party_reindex'));
    clock = new FakeClock();
    now = callsOn(database, { clock, key: KEY });
    before = sessionsBefore();
    lines = [];
    await addNumbers(database, [ONE, TWO]);
  });

  /** As 0.1.0 did it: by digits. */
  function sessionsBefore() {
    const sessions = sessionsOn(database, clock, KEY);
    const { records, crypto } = sessions;
    records.partyIndex = (account, number) => (number === null ? null : crypto.index(account, 'party', number));
    records.pairIndex = ({ accountId, parties: { first, second } }) =>
      first === null || second === null ? null : crypto.index(accountId, 'pair', `|${first}|${second}`);
    return sessions;
  }

  function reindexer(): ReindexParties {
    metrics = new Metrics();
    const { sessions, jobs } = now;
    const log = createLogger({ level: 'info', format: 'json' }, { write: (line: string) => void lines.push(line) });
    new ReindexPinFailures(sessions.events).onModuleInit();
    return new ReindexParties(database, clock, sessions.events, jobs, log, sessions.records, metrics);
  }

  const openedBefore = async (first: string, second: string, more: Record<string, unknown> = {}) => {
    const made = await before.open({ first_party: first, second_party: second, geomatch: false, ...more });
    clock.advance(1000);
    return made;
  };
  const routeOf = (caller: string, number: string) =>
    database.transaction((tx) => now.sessions.findRoute.run(tx, ACCOUNT, number as E164, caller as E164));
  const rows = (sql: string, parameters: unknown[] = []): Promise<Record<string, unknown>[]> =>
    database.read((manager) => manager.query(sql, parameters));
  const statusOf = async ({ id }: SessionRecord) =>
    (await rows('SELECT status FROM masking_session WHERE id = ?', [id]))[0]?.['status'];
  const counted = async () =>
    (await metrics.registry.getSingleMetric('masking_identity_sessions_ended_total')?.get())?.values[0]?.value;
  const stage = async () => (await rows('SELECT version, stage FROM party_reindex'))[0];
  /** All that must come out alike. */
  const stored = async () => ({
    sessions: await rows(
      'SELECT id, status, first_index, second_index, pair_index, expires_at FROM masking_session ORDER BY id',
    ),
    places: await rows(
      'SELECT virtual_number_id, party_index, session_id, role, free_after FROM number_assignment ORDER BY 1, 2',
    ),
  });

  it('follows the rules of today before anybody calls', async () => {
    const made = await openedBefore(WITH_9, B);
    expect(await routeOf(WITHOUT_9, ONE)).toBeNull();

    await reindexer().onApplicationBootstrap();

    for (const spelling of [WITH_9, WITHOUT_9])
      expect(await routeOf(spelling, ONE)).toMatchObject({ session: { id: made.id, parties: { first: WITH_9 } } });
    expect(await now.sessions.open({ first_party: WITHOUT_9, second_party: B })).toMatchObject({
      id: made.id,
      renewals: 1,
    });
    expect(await now.sessions.open({ first_party: WITHOUT_9, second_party: C, geomatch: false })).toMatchObject({
      virtualNumber: TWO,
    });
  });

  it('is read once, and changed nowhere, where there is nothing to do', async () => {
    await openedBefore(B, C);
    await reindexer().onApplicationBootstrap();
    const state = await stored();
    expect(await stage()).toEqual({ version: IDENTITY_VERSION, stage: 'ended' });

    const again = reindexer();
    again.run = () => Promise.reject(new Error('there was something to do'));
    await again.onApplicationBootstrap();
    expect(await stored()).toEqual(state);
    expect(lines).toEqual([]);
  });

  it('is taken along in the background where a session has ended: found in search, and cooling off', async () => {
    const made = await openedBefore(WITH_9, B, { virtual_number_cooloff_period: 3600 });
    await before.end(made.id);
    const reindex = reindexer();
    await reindex.onApplicationBootstrap();

    expect(await reindex.run('ended')).toBe(1);

    const index = now.sessions.records.partyIndex(ACCOUNT, WITHOUT_9);
    expect(await rows('SELECT first_index, pair_index FROM masking_session')).toEqual([
      { first_index: index, pair_index: null },
    ]);
    expect(await now.sessions.open({ first_party: WITHOUT_9, second_party: C, geomatch: false })).toMatchObject({
      virtualNumber: TWO,
    });
  });

  it('goes through three stages, and a later version of the rules through them again', async () => {
    const reindex = reindexer();
    await reindex.onApplicationBootstrap();
    for (const [run, then] of [
      ['ended', 'late'],
      ['late', 'done'],
    ] as const) {
      await reindex.run(run);
      expect(await stage()).toEqual({ version: IDENTITY_VERSION, stage: then });
    }
    await openedBefore(WITH_9, B);
    await database.transaction((tx) => tx.query('UPDATE party_reindex SET version = ?', [IDENTITY_VERSION - 1]));

    await reindex.onApplicationBootstrap();

    expect(await stage()).toEqual({ version: IDENTITY_VERSION, stage: 'ended' });
    expect(await routeOf(WITHOUT_9, ONE)).not.toBeNull();
  });

  it('takes what an earlier version has opened meanwhile an hour later', async () => {
    const reindex = reindexer();
    await reindex.onApplicationBootstrap();
    await reindex.run('ended');
    const { id } = await openedBefore(WITH_9, B);

    await reindex.run('late');

    expect(await routeOf(WITHOUT_9, ONE)).toMatchObject({ session: { id } });
  });

  it('is left alone by a process that knows older rules only', async () => {
    await reindexer().onApplicationBootstrap();
    await openedBefore(WITH_9, B);
    const state = await stored();
    await database.transaction((tx) => tx.query('UPDATE party_reindex SET version = ?', [IDENTITY_VERSION + 1]));

    await reindexer().onApplicationBootstrap();

    expect(await stored()).toEqual(state);
  });

  it('counts wrong PINs on', async () => {
    const prompt = {
      is_pin_authentication_required: true,
      generate_pin: true,
      pin_prompt_play: 'https://files.example/p',
    };
    const { id } = await openedBefore(WITH_9, B, prompt);
    const index = before.records.partyIndex(ACCOUNT, WITH_9);
    await database.transaction((tx) =>
      tx.query(
        "INSERT INTO pin_failure (id, account_id, session_id, caller_index, failed_at) VALUES ('f', ?, ?, ?, 1)",
        [ACCOUNT, id, index],
      ),
    );

    await reindexer().onApplicationBootstrap();

    expect(await rows('SELECT caller_index FROM pin_failure')).toEqual([
      { caller_index: now.sessions.records.partyIndex(ACCOUNT, WITHOUT_9) },
    ]);
  });

  describe('where two live sessions have one phone on one number', () => {
    it.each([
      [WITH_9, WITHOUT_9],
      [WITHOUT_9, WITH_9],
    ])('ends the older (%s), and says so', async (first, second) => {
      const older = await openedBefore(first, B);
      const newer = await openedBefore(second, C);
      expect([older.virtualNumber, newer.virtualNumber]).toEqual([ONE, ONE]);
      const reindex = reindexer();
      const told: SessionEnded[] = [];
      now.sessions.events.subscribe(SessionEnded, async (_, event) => void told.push(event));

      await reindex.onApplicationBootstrap();

      expect([await statusOf(older), await statusOf(newer)]).toEqual(['expired', 'active']);
      for (const spelling of [WITH_9, WITHOUT_9])
        expect(await routeOf(spelling, ONE)).toMatchObject({ session: { id: newer.id } });
      expect(await routeOf(B, ONE)).toBeNull();
      expect(told).toEqual([new SessionEnded(ACCOUNT, older.id, 'expired', clock.now())]);
      expect(await counted()).toBe(1);
      const warnings = lines.map((line) => JSON.parse(line) as object);
      expect(warnings).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          msg: 'session.ended_for_identity',
          session: older.id,
          account: ACCOUNT,
          kept: newer.id,
        }),
      );
      expect(lines.join('')).not.toMatch(/1166773399|4155550/);
    });

    it('takes no cooling place, and no former party, for a live one', async () => {
      const gone = await openedBefore(WITHOUT_9, B, { virtual_number_cooloff_period: 3600, session_expiry: 3600 });
      await before.end(gone.id);
      const live = await openedBefore(WITH_9, C, { session_expiry: 60 });
      expect(live.virtualNumber).toBe(ONE);

      await reindexer().onApplicationBootstrap();

      expect(await statusOf(live)).toBe('active');
      expect(await routeOf(WITHOUT_9, ONE)).toMatchObject({ session: { id: live.id } });
      expect(await counted()).toBe(0);
    });

    it('keeps a live place from one that has ended later', async () => {
      const gone = await openedBefore(WITH_9, B, { virtual_number_cooloff_period: 3600, session_expiry: 3600 });
      await before.end(gone.id);
      const live = await openedBefore(WITHOUT_9, C, { session_expiry: 60 });
      const reindex = reindexer();
      await reindex.onApplicationBootstrap();

      await reindex.run('ended');

      expect(await routeOf(WITH_9, ONE)).toMatchObject({ session: { id: live.id } });
      expect(await rows('SELECT COUNT(*) AS places FROM number_assignment')).toEqual([{ places: 3 }]);
    });
  });

  it('keeps one live session of a pair, the newest', async () => {
    const older = await openedBefore(WITH_9, B);
    const newer = await openedBefore(WITHOUT_9, B);
    expect([older.virtualNumber, newer.virtualNumber]).toEqual([ONE, TWO]);

    await reindexer().onApplicationBootstrap();

    expect([await statusOf(older), await statusOf(newer)]).toEqual(['expired', 'active']);
    expect(await now.sessions.open({ first_party: WITH_9, second_party: B })).toMatchObject({ id: newer.id });
  });

  it('lets the pair go of a session whose time has passed and whose tick has not come', async () => {
    const older = await openedBefore(WITHOUT_9, B, { session_expiry: 60 });
    const newer = await openedBefore(WITH_9, B);
    clock.advance(60_000);

    await reindexer().onApplicationBootstrap();

    expect(await rows('SELECT id FROM masking_session WHERE pair_index IS NOT NULL')).toEqual([{ id: newer.id }]);
    expect(await routeOf(WITHOUT_9, older.virtualNumber)).toBeNull();
  });

  it('ends a session that has one phone as both parties', async () => {
    const made = await openedBefore(WITH_9, B);
    const { records } = before;
    const parties = { ...made.parties, second: WITHOUT_9 };
    await database.transaction(async (tx) => {
      await tx.query('UPDATE masking_session SET parties = ?, second_index = ? WHERE id = ?', [
        records.sealParties({ ...made, parties }),
        records.partyIndex(ACCOUNT, WITHOUT_9),
        made.id,
      ]);
      await tx.query('UPDATE number_assignment SET party_index = ? WHERE party_index = ?', [
        records.partyIndex(ACCOUNT, WITHOUT_9),
        records.partyIndex(ACCOUNT, B),
      ]);
    });

    await reindexer().onApplicationBootstrap();

    expect(await statusOf(made)).toBe('expired');
    expect(await routeOf(WITH_9, ONE)).toBeNull();
    expect(await counted()).toBe(1);
  });

  describe('in several batches', () => {
    const TABLES = ['virtual_number', 'masking_session', 'number_assignment'] as const;
    type Kept = Record<(typeof TABLES)[number], Record<string, unknown>[]>;
    let begun: Kept | null = null;
    let expected: Kept;

    const kept = async (): Promise<Kept> => ({
      virtual_number: await rows('SELECT * FROM virtual_number ORDER BY id'),
      masking_session: await rows('SELECT * FROM masking_session ORDER BY id'),
      number_assignment: await rows('SELECT * FROM number_assignment ORDER BY virtual_number_id, party_index'),
    });

    const restore = (state: Kept) =>
      database.transaction(async (tx) => {
        await tx.query('DELETE FROM party_reindex');
        for (const table of TABLES) {
          await tx.query(`DELETE FROM ${table}`);
          const names = Object.keys(state[table][0] ?? {});
          const marks = `(${names.map(() => '?').join(', ')})`;
          for (let at = 0; at < state[table].length; at += 50) {
            const some = state[table].slice(at, at + 50);
            await tx.query(
              `INSERT INTO ${table} (${names.join(', ')}) VALUES ${some.map(() => marks).join(', ')}`,
              some.flatMap((row) => Object.values(row)),
            );
          }
        }
      });

    /** 420 phones of Argentina, every tenth on its number twice; and what becomes of them in one go. */
    async function openMany(): Promise<Kept> {
      for (let one = 0; one < 420; one++) {
        const digits = `116677${String(1000 + one)}`;
        await before.open({ first_party: `549${digits}`, second_party: `1415555${2000 + one}`, geomatch: false });
        if (one % 10 > 0) continue;
        clock.advance(1);
        await before.open({ first_party: `54${digits}`, second_party: `1415555${3000 + one}`, geomatch: false });
      }
      const state = await kept();
      await reindexer().onApplicationBootstrap();
      expected = await kept();
      expect(await counted()).toBe(42);
      return state;
    }

    beforeEach(async () => {
      begun ??= await openMany();
      // As late as it was when they were made.
      clock.advance(42 - (clock.now() - new FakeClock().now()));
      await restore(begun);
      expect(await kept()).toEqual(begun);
      lines = [];
    }, 60_000);

    it.each([1, 150, 650, 1200, 1500])(
      'ends alike when it is killed at its %d. look-up and begun again',
      async (last) => {
        const killed = reindexer();
        const { records } = now.sessions;
        const partyIndex = records.partyIndex.bind(records);
        let left = last;
        records.partyIndex = (...asked) => {
          left -= 1;
          if (left === 0) throw new Error('killed');
          return partyIndex(...asked);
        };
        await expect(killed.onApplicationBootstrap()).rejects.toThrow('killed');
        expect(await kept()).not.toEqual(expected);
        records.partyIndex = partyIndex;

        await reindexer().onApplicationBootstrap();

        expect(await kept()).toEqual(expected);
      },
    );

    it('ends alike when two processes begin at once', async () => {
      const [one, other] = [reindexer(), reindexer()];

      await Promise.all([one.onApplicationBootstrap(), other.onApplicationBootstrap()]);

      expect(await kept()).toEqual(expected);
      expect(lines.filter((line) => line.includes('ended_for_identity'))).toHaveLength(42);
    });
  });
});
