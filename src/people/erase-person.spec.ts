import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { billingOn } from '../../test/support/billing.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { Accounts, DailyCaps } from '../accounts/index.js';
import { ForgetFigures, GROUPINGS } from '../billing-stats/index.js';
import { AddCallback } from '../callbacks/add-callback.js';
import { textEvent, timeoutEvent } from '../callbacks/contract.js';
import { bodyPlace, urlPlace } from '../callbacks/deliver-callbacks.js';
import { ForgetCallbacks } from '../callbacks/index.js';
import { EraseCalls, ForgetCalls } from '../call-routing/index.js';
import { CALL_REQUESTS } from '../call-routing/call-request.entity.js';
import { RefusedWebhooks } from '../plivo/index.js';
import { DeleteRecording, ForgetRecordings } from '../recording/index.js';
import { RECORDINGS } from '../recording/recording.entity.js';
import type { RecordingStore } from '../recording/recording-store.js';
import { EndForErasure, type SessionRecord } from '../sessions/index.js';
import { INTERACTIONS } from '../sessions/interaction.entity.js';
import { DAY_MS, HOUR_MS } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { ForgetAnswers } from '../platform/http/forget-answers.js';
import { newId } from '../platform/ids.js';
import { Metrics } from '../platform/metrics.js';
import type { E164 } from '../telephony/phone.js';
import { CarryOutErasure } from './carry-out-erasure.js';
import { EraseCallsElsewhere } from './erase-calls-elsewhere.js';
import { DeleteMedia } from '../text-media/index.js';
import { ForgetTexts } from '../texts/index.js';
import { TEXTS } from '../texts/text.entity.js';
import { EraseTexts } from './erase-texts.js';
import { EraseSessions } from './erase-sessions.js';
import { EraseTraces } from './erase-traces.js';
import { EraseUrls } from './erase-urls.js';
import { ErasureProgress } from './erasure-progress.js';
import { FindPerson } from './find-person.js';
import { OrderErasure } from './order-erasure.js';
import { ReleasePlaces } from './release-places.js';

const ANA = party(1).slice(1) as E164;

describeOnEachDatabase('the erasure of a person', (open) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let billing: ReturnType<typeof billingOn>;
  let order: OrderErasure;
  let next = 0;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    for (const table of ['forgotten_stat', 'recording', 'erasure', 'erasure_recording', 'job'])
      await write((tx) => tx.query(`DELETE FROM ${table}`));
    await addNumbers(database, usNumbers(80));
    await write((tx) =>
      tx.query(
        "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'Some', 'x', 'sealed', 0)",
        [ACCOUNT],
      ),
    );
    next = 10;
    calls = callsOn(database, { clock: new FakeClock() });
    billing = billingOn(database, calls);
    order = erasuresOn();
    await write((tx) => calls.settings.change(tx, ACCOUNT, { minute_fee: '0.01' }));
  });

  const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(work);
  const rows = async (sql: string): Promise<Record<string, unknown>[]> =>
    database.read((manager) => manager.query(sql));
  const count = async (rest: string): Promise<number> => (await rows(`SELECT 1 ${rest}`)).length;

  function erasuresOn(): OrderErasure {
    const { clock, crypto, events, records } = calls.sessions;
    const { jobs, log, spend } = calls;
    const store = { remove: async () => undefined } as unknown as RecordingStore;
    const plivo = { deleteRecording: async () => undefined } as never;
    const access = { of: async () => ({}) } as never;
    const deletion = new DeleteRecording(database, clock, crypto, jobs, plivo, access, store);
    const recordings = new ForgetRecordings(database, deletion);
    const callbacks = new ForgetCallbacks(database, crypto);
    const eraseCalls = new EraseCalls(database, crypto);
    const answers = new ForgetAnswers(database, crypto);
    const progress = new ErasureProgress(database);
    const media = new DeleteMedia(database, clock, crypto, jobs, log, plivo, access, store);
    const forgetTexts = new ForgetTexts(database, clock, spend, events, media);
    const figures = new ForgetFigures(database);
    const eraseTexts = new EraseTexts(database, progress, forgetTexts, figures, callbacks);
    const find = new FindPerson(
      database,
      clock,
      new Accounts(),
      records,
      null as never,
      eraseCalls,
      recordings,
      callbacks,
      forgetTexts,
    );
    const sessions = new EraseSessions(
      database,
      clock,
      jobs,
      progress,
      new EndForErasure(clock, database, events, records),
      eraseCalls,
      new ForgetCalls(database, spend),
      recordings,
      figures,
      callbacks,
      answers,
      eraseTexts,
    );
    const elsewhere = new EraseCallsElsewhere(database, clock, records, progress, eraseCalls, recordings, callbacks);
    const refused = new RefusedWebhooks(database, clock, events, log, new Metrics());
    const caps = new DailyCaps(database, clock, jobs, log, new Metrics());
    const traces = new EraseTraces(database, progress, caps, answers, refused);
    const carryOut = new CarryOutErasure(
      database,
      clock,
      crypto,
      jobs,
      log,
      records,
      progress,
      find,
      sessions,
      elsewhere,
      eraseTexts,
      traces,
      new EraseUrls(database, progress, callbacks, answers),
      eraseCalls,
      recordings,
      answers,
    );
    for (const one of [carryOut, deletion, new ReleasePlaces(database, clock, jobs)]) one.onModuleInit();
    return new OrderErasure(database, clock, crypto, jobs, find);
  }

  async function erase(): Promise<Record<string, unknown>> {
    const id = await write((tx) => order.run(tx, { number: ANA }));
    await calls.jobs.runDue();
    return { ...(await order.show(id)), id };
  }

  /** A session of hers with ended calls of a minute. */
  async function lived(howMany = 1, body: Record<string, unknown> = {}): Promise<SessionRecord> {
    const session = await calls.sessions.open(
      { first_party: ANA, second_party: party((next += 1)), geomatch: false, session_expiry: 86_400, ...body },
      '0.25',
    );
    for (let index = 0; index < howMany; index += 1) {
      const [now, uuid] = [calls.sessions.clock.now(), newId()];
      const callId = await billing.call(uuid, {
        sessionId: session.id,
        endedAt: now,
        callerIndex: session.firstIndex,
        dialledIndex: session.secondIndex,
      });
      const shared = { callId, sessionId: session.id, duration: 60, billedDuration: 60, amount: 8500 };
      await billing.leg(uuid, shared);
      await billing.leg(`${uuid}b`, { ...shared, side: 'B' });
      await billing.figured(uuid);
      const told = {
        startedAt: now,
        busyUntil: now,
        endedAt: now,
        legCount: 2,
        duration: 0,
        billedDuration: 0,
        amount: 0,
      };
      await write((tx) => INTERACTIONS.insert(tx, { id: callId, sessionId: session.id, ...told }));
    }
    return session;
  }

  const sums = async (): Promise<string[]> => {
    const lines: string[] = [];
    for (const grouping of GROUPINGS) if (grouping !== 'session') lines.push(...(await billing.stats(grouping)));
    await billing.recount.run(false);
    const { callDifferences, sessionDifferences, sumDifferences } = (await billing.recount.last())!;
    return [...lines, `${callDifferences} ${sessionDifferences} ${sumDifferences}`];
  };

  it('keeps every sum, whether the price of a call is final or not, and deletes the calls of which it is', async () => {
    await lived(3);
    calls.sessions.clock.advance(27 * HOUR_MS);
    await lived(2);
    const before = await sums();
    expect(before.at(-1)).toBe('0 0 0');
    expect(await erase()).toMatchObject({
      status: 'done',
      found: { sessions: 2, calls: 5 },
      erased: { sessions: 2, calls: 5 },
    });
    expect(await sums()).toEqual(before);
    const left = await rows('SELECT session_id, caller, dialled, caller_index, dialled_index FROM masked_call');
    const nobody = { session_id: null, caller: null, dialled: null, caller_index: null, dialled_index: null };
    expect(left).toEqual([nobody, nobody]);
    for (const table of ['masking_session', 'interaction', 'session_stat'])
      expect(await count(`FROM ${table}`)).toBe(0);
    expect(await count('FROM call_leg WHERE session_id IS NOT NULL')).toBe(0);
  });

  it.each([
    ['lives', 0, DAY_MS],
    ['has ended', 2 * HOUR_MS, DAY_MS - HOUR_MS],
    ['ended a day ago', DAY_MS + HOUR_MS, null],
  ])(
    'keeps the other party’s place in a session with texts for as long as one may be late, where it %s',
    async (_, after, left) => {
      const { id, settings } = await lived(0, { session_expiry: 3600 });
      const withTexts = JSON.stringify({ ...settings, messaging: true, messaging_since: 1 });
      await write((tx) => tx.query('UPDATE masking_session SET settings = ? WHERE id = ?', [withTexts, id]));
      calls.sessions.clock.advance(after);
      const now = calls.sessions.clock.now();
      if (after > 0) await calls.sessions.expireDue.run();
      expect(await erase()).toMatchObject({ erased: { sessions: 1 } });
      const places = await rows(`SELECT free_after FROM number_assignment WHERE session_id = '${id}'`);
      const kept = places.map((place) => Number(place['free_after']) - now);
      expect(kept).toEqual(left === null ? [] : [left]);
    },
  );

  it('counts a price that comes later once', async () => {
    await lived();
    // Key, calls, connected, talk, billed, amount, sessions, fees; amounts in micro-units.
    const counted = async (): Promise<number[]> =>
      ((await billing.stats('account'))[0] ?? '').split(' ').slice(1).map(Number);
    const before = await counted();
    await erase();
    const [leg] = await rows("SELECT leg_uuid FROM call_leg WHERE side = 'A'");
    await billing.learn(String(leg!['leg_uuid']), { amount: 9500 });
    await billing.figured(String(leg!['leg_uuid']));
    expect(await counted()).toEqual(before.map((sum, place) => (place === 4 ? sum + 1000 : sum)));
    expect((await sums()).at(-1)).toBe('0 0 0');
  });

  it('looks for what it has the ids of by these, however many others live', async () => {
    for (let index = 0; index < 4; index += 1) await lived();
    // Two of her calls are of no session of hers any more.
    const [one, other] = await rows('SELECT id FROM masked_call ORDER BY id LIMIT 2');
    await write((tx) =>
      tx.query('UPDATE masked_call SET session_id = NULL WHERE id IN (?, ?)', [one?.['id'], other?.['id']]),
    );
    calls.sessions.clock.advance(2 * DAY_MS);
    const statements = recorded(database);
    expect(await erase()).toMatchObject({ status: 'done' });
    // A batch of one asks by a list as well, and is to be served as one of two is.
    const byIds = [...statements]
      .filter((sql) => /^(?:SELECT|UPDATE).*\bWHERE (?:\w\.)?id IN \(\?/s.test(sql))
      .map((sql) => sql.replace(/(WHERE (?:\w\.)?id IN) \(\?\)/g, '$1 (?, ?)'));
    expect(byIds.length).toBeGreaterThan(3);
    if (!database.isSqlite) return;
    for (const sql of byIds) {
      const values = Array.from({ length: sql.split('?').length - 1 }, () => 'x');
      const [first] = await database.read((manager) =>
        manager.query<{ detail: string }[]>(`EXPLAIN QUERY PLAN ${sql}`, values),
      );
      expect(`${first?.detail}: ${sql}`).toMatch(
        /^SEARCH \w+ USING (?:COVERING )?INDEX sqlite_autoindex_\w+_1 \(id=\?\)/,
      );
    }
  });

  it('empties a session of very many calls first', async () => {
    await lived(70);
    const before = await sums();
    expect(await erase()).toMatchObject({ status: 'done', erased: { sessions: 1, calls: 70 } });
    expect(await sums()).toEqual(before);
  });

  it('forgets her places at once, and those of others when they have cooled off', async () => {
    const { secondIndex } = await lived(0, { virtual_number_cooloff_period: 600 });
    expect(await erase()).toMatchObject({ status: 'done' });
    expect(await rows('SELECT party_index FROM number_assignment')).toEqual([{ party_index: secondIndex }]);
    calls.sessions.clock.advance(600_000);
    await calls.jobs.runDue();
    expect(await count('FROM number_assignment')).toBe(0);
  });

  it('keeps for a day of a recording that Plivo has not named yet that it is to be deleted', async () => {
    const { id: sessionId } = await lived();
    const [call] = await rows('SELECT id FROM masked_call');
    const made = { attempts: 0, createdAt: calls.sessions.clock.now() };
    const what = { id: newId(), accountId: ACCOUNT, sessionId, callId: String(call!['id']), format: 'mp3' } as const;
    await write((tx) => RECORDINGS.insert(tx, { ...what, ...made, status: 'recording' }));
    const { id, status } = await erase();
    expect(status).toBe('running');
    calls.sessions.clock.advance(3000);
    await calls.jobs.runDue();
    expect(await order.show(String(id))).toMatchObject({ status: 'done', erased: { recordings: 1 } });
    expect(await rows('SELECT status FROM recording')).toEqual([{ status: 'deleted' }]);
    calls.sessions.clock.advance(26 * HOUR_MS);
    await calls.jobs.runDue();
    expect(await count('FROM recording')).toBe(0);
  });

  it.each(['deleted', 'none', 'failed'] as const)(
    'has a recording deleted at Plivo that is named only then, though it was %s before',
    async (status) => {
      const { id: sessionId } = await lived();
      const [call] = await rows('SELECT id FROM masked_call');
      const made = { attempts: 0, createdAt: calls.sessions.clock.now() };
      const what = { id: newId(), accountId: ACCOUNT, sessionId, callId: String(call!['id']), format: 'mp3' } as const;
      const reason = status === 'failed' ? 'missing' : null;
      await write((tx) => RECORDINGS.insert(tx, { ...what, ...made, status, reason }));
      const { id } = await erase();
      calls.sessions.clock.advance(3000);
      await calls.jobs.runDue();
      expect(await order.show(String(id))).toMatchObject({ status: 'done' });
      expect(await rows('SELECT status FROM recording')).toEqual([{ status: 'deleted' }]);
      expect(await count(`FROM job WHERE kind = 'recordings.look'`)).toBe(1);
      calls.sessions.clock.advance(26 * HOUR_MS);
      await calls.jobs.runDue();
      expect(await count('FROM recording')).toBe(0);
    },
  );

  it('gives back what was kept under a cap for a call of hers of which nobody knows', async () => {
    await calls.sessions.open({
      first_party: ANA,
      second_party: party(2),
      initiate_call_to_first_party: true,
      geomatch: false,
    });
    const [request] = await rows('SELECT id FROM call_request');
    const held = { accountId: ACCOUNT, holder: String(request!['id']), micros: 5_000_000, cap: '100' };
    await write(async (tx) => {
      await calls.spend.reserve(tx, held);
      await tx.query("UPDATE call_request SET status = 'failed', reason = 'unconfirmed'");
    });
    expect(Number((await rows('SELECT reserved FROM account_spend'))[0]!['reserved'])).toBe(5_000_000);
    expect(await erase()).toMatchObject({ status: 'done', erased: { sessions: 1 } });
    expect(await count('FROM spend_reservation')).toBe(0);
    expect(Number((await rows('SELECT reserved FROM account_spend'))[0]!['reserved'])).toBe(0);
  });

  it.each(['that settles it', 'of an earlier version that settles it and leaves the number'])(
    'waits for a call that rings her though she is no party any more, and takes her number out of the request, after a process %s',
    async (how) => {
      const { crypto, clock } = calls.sessions;
      const { id: sessionId } = await calls.sessions.open({
        first_party: ANA,
        second_party: party(2),
        create_session_with_single_party: true,
        initiate_call_to_first_party: true,
      });
      const [request] = await rows('SELECT id FROM call_request');
      const requestId = String(request!['id']);
      const place = { column: 'call_request.rung', row: requestId, account: ACCOUNT } as const;
      const rung = crypto.seal(place, ANA);
      const ringing = { status: 'placing', placedAt: clock.now(), rung, pendingUntil: clock.now() + 90_000 } as const;
      await write((tx) => CALL_REQUESTS.update(tx, ringing, 'WHERE id = ?', [requestId]));
      await calls.sessions.update(sessionId, { first_party: party(3) });
      const { id, status, waiting } = await erase();
      expect([status, waiting]).toEqual(['running', expect.objectContaining({ calls: 1 })]);
      if (how.startsWith('of an earlier')) await write((tx) => tx.query("UPDATE call_request SET status = 'over'"));
      clock.advance(how.startsWith('of an earlier') ? 20_000 : 91_000);
      await calls.jobs.runDue();
      expect(await order.show(String(id))).toMatchObject({ status: 'done' });
      expect(await rows('SELECT session_id, rung FROM call_request')).toEqual([{ session_id: sessionId, rung: null }]);
    },
  );

  it.each([
    ['https://shop.example.com/cb?driver=%2B{}&order=7', 'https://shop.example.com/cb?driver=erased&order=7'],
    ['https://shop.example.com/cb?driver=+{}', 'https://shop.example.com/cb?driver=erased'],
    ['https://shop.example.com/{}/cb', 'https://shop.example.com/erased/cb'],
    ['https://shop.example.com/cb?order={}1', 'https://shop.example.com/cb?order={}1'],
  ])('takes her number out of the URLs of sessions of others, from %s', async (template, left) => {
    const [url, expected] = [template, left].map((text) => text.replace('{}', ANA));
    const urls = ['callback_url', 'recording_callback_url', 'first_party_play_url'] as const;
    const given = Object.fromEntries(urls.map((name) => [name, url]));
    const body = { second_party: party(2), create_session_with_single_party: true, geomatch: false, ...given };
    const { id } = await calls.sessions.open({ first_party: ANA, ...body });
    const session = await calls.sessions.update(id, { first_party: party(3) });
    const { clock, crypto } = calls.sessions;
    const target = { session, stream: 'status' as const, url: url ?? '', method: 'POST' as const };
    const told = new AddCallback(database, clock, crypto, calls.jobs);
    await write((tx) => told.ofMany(tx, [{ target, payload: timeoutEvent(clock.now()) }]));
    expect(await erase()).toMatchObject({ status: 'done', erased: { sessions: 0 } });
    const [row] = await rows('SELECT settings, modified_at FROM masking_session');
    const settings = JSON.parse(String(row!['settings'])) as Record<string, unknown>;
    expect(urls.map((name) => settings[name])).toEqual(urls.map(() => expected));
    expect(Number(row!['modified_at'])).toBe(session.modifiedAt);
    const [callback] = await rows('SELECT id, url, status FROM callback');
    expect(callback!['status']).toBe('pending');
    expect(crypto.open(urlPlace(String(callback!['id']), ACCOUNT), String(callback!['url']))).toBe(expected);
  });

  it('takes what was told of her texts out of a session that has somebody else in her place by now', async () => {
    const session = await calls.sessions.open({ first_party: ANA, second_party: party(2), geomatch: false });
    const { clock, crypto, records } = calls.sessions;
    const [textId, now] = [newId(), clock.now()];
    const target = { session, stream: 'message' as const, url: 'https://example.com/', method: 'POST' as const };
    const told = { messageUuid: newId(), units: 1, mediaCount: 0, role: 'first' as const, session };
    await write(async (tx) => {
      await TEXTS.insert(tx, {
        id: textId,
        accountId: ACCOUNT,
        messageUuid: told.messageUuid,
        sessionId: session.id,
        senderRole: 'first',
        virtualNumber: session.virtualNumber,
        senderIndex: session.firstIndex,
        decision: 'forward',
        isHint: false,
        units: 1,
        amount: 0,
        mediaCount: 0,
        receivedAt: now,
      });
      const add = new AddCallback(database, clock, crypto, calls.jobs);
      for (const from of [ANA, party(3).slice(1)]) {
        const occasion = { at: now, callId: null, from, to: party(2).slice(1) };
        await add.run(tx, target, textEvent(occasion, told, 1, null));
      }
      const index = records.partyIndex(ACCOUNT, party(3).slice(1) as E164);
      await tx.query('UPDATE masking_session SET first_index = ?', [index]);
    });
    expect(await erase()).toMatchObject({ status: 'done', erased: { texts: 1 } });
    const left = await rows('SELECT id, body FROM callback');
    const bodies = left.map(({ id, body }) => crypto.open(bodyPlace(String(id), ACCOUNT), String(body)));
    expect(bodies).toEqual([expect.stringContaining(party(3).slice(1))]);
  });

  it('leaves what began after it was asked for', async () => {
    const id = await write((tx) => order.run(tx, { number: ANA }));
    calls.sessions.clock.advance(1);
    const session = await lived();
    await calls.jobs.runDue();
    expect(await order.show(id)).toMatchObject({ status: 'done', erased: { sessions: 0, calls: 0 } });
    expect(await count(`FROM masking_session WHERE status = 'active' AND id = '${session.id}'`)).toBe(1);
    expect(await count('FROM number_assignment')).toBe(2);
  });

  it('waits until calls of an earlier version are indexed', async () => {
    await lived();
    await write((tx) =>
      tx.query("INSERT INTO call_reindex (id, version, stage, begun_at, call_id) VALUES (1, 101, 'all', 0, 'g')"),
    );
    const { id } = await erase();
    expect([await count('FROM masking_session'), await count('FROM erasure WHERE person IS NOT NULL')]).toEqual([1, 1]);
    await write((tx) => tx.query("UPDATE call_reindex SET stage = 'late'"));
    calls.sessions.clock.advance(3000);
    await calls.jobs.runDue();
    expect(await order.show(String(id))).toMatchObject({ status: 'done', erased: { sessions: 1 } });
    await write((tx) => tx.query('DELETE FROM call_reindex'));
  });

  it('is given up after a week, and keeps no number then', async () => {
    await lived();
    const [call] = await rows('SELECT id FROM masked_call');
    await write((tx) =>
      tx.query('UPDATE interaction SET ended_at = NULL, busy_until = ? WHERE id = ?', [
        Number.MAX_SAFE_INTEGER,
        call!['id'],
      ]),
    );
    const { id, status, waiting } = await erase();
    expect([status, waiting]).toEqual(['running', { calls: 1, callbacks: 0, recordings: 0 }]);
    calls.sessions.clock.advance(7 * DAY_MS + 1);
    await calls.jobs.runDue();
    expect(await order.show(String(id))).toMatchObject({ status: 'failed' });
    expect(await count('FROM erasure WHERE person IS NOT NULL')).toBe(0);
  });

  it('is done once by two that run at the same time', async () => {
    for (let index = 0; index < 30; index += 1) await lived(index % 3);
    const before = await sums();
    const ids = await write(async (tx) => [await order.run(tx, { number: ANA }), await order.run(tx, { number: ANA })]);
    await calls.jobs.runDue();
    const [one, other] = [await order.show(ids[0]!), await order.show(ids[1]!)];
    expect([one.status, other.status]).toEqual(['done', 'done']);
    expect([one.erased.sessions + other.erased.sessions, one.erased.calls + other.erased.calls]).toEqual([30, 30]);
    expect(await sums()).toEqual(before);
    expect(await count('FROM number_assignment')).toBe(0);
  });
});

/** The text of each statement of a transaction that begins from now on. */
function recorded(database: Database): Set<string> {
  const statements = new Set<string>();
  const transaction = database.transaction.bind(database);
  database.transaction = (work) =>
    transaction((tx) => {
      const { query } = tx;
      const heard = (sql: string, parameters?: unknown[]): Promise<unknown> => {
        statements.add(sql);
        return query.call(tx, sql, parameters);
      };
      return work(Object.assign(tx, { query: heard }));
    });
  return statements;
}
