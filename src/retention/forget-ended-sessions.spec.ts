import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { billingOn } from '../../test/support/billing.js';
import { callsOn } from '../../test/support/calls.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, FakeClock, party, usNumbers } from '../../test/support/ground.js';
import { DeleteMedia } from '../text-media/index.js';
import { ForgetTexts } from '../texts/index.js';
import { Retention } from '../accounts/index.js';
import { SPENDS, RESERVATIONS } from '../accounts/spend.entity.js';
import { ForgetFigures, GROUPINGS } from '../billing-stats/index.js';
import { CALLBACK_ATTEMPTS, CALLBACK_STREAMS, CALLBACKS, type Callback } from '../callbacks/callback.entity.js';
import { ForgetCallbacks } from '../callbacks/index.js';
import { CALL_REQUESTS } from '../call-routing/call-request.entity.js';
import { STEP_ANSWERS } from '../call-routing/call.entity.js';
import { ForgetCalls } from '../call-routing/index.js';
import { SWEEPS } from '../call-routing/records/record-sweep.entity.js';
import { PIN_FAILURES } from '../call-routing/pin/pin-failure.entity.js';
import { DeleteRecording, ForgetRecordings } from '../recording/index.js';
import { RECORDINGS, type Recording } from '../recording/recording.entity.js';
import type { RecordingStore } from '../recording/recording-store.js';
import { INTERACTIONS } from '../sessions/interaction.entity.js';
import { FIRST_ENDED, nextEnded, type SessionRecord } from '../sessions/index.js';
import { DAY_MS, HOUR_MS } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { newId } from '../platform/ids.js';
import { Metrics } from '../platform/metrics.js';
import { ForgetEndedSessions } from './forget-ended-sessions.js';
import { ForgetStrangers } from './forget-strangers.js';

const OTHER = 'MAOTHEROTHEROTHER000';
const KEPT_MS = 90 * DAY_MS;

describeOnEachDatabase('retention', (open, kind) => {
  let database: Database;
  let calls: ReturnType<typeof callsOn>;
  let billing: ReturnType<typeof billingOn>;
  let retention: ReturnType<typeof retentionOn>;
  let next = 0;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await write((tx) => tx.query('DELETE FROM forgotten_stat'));
    for (const table of ['recording', 'record_sweep']) await write((tx) => tx.query(`DELETE FROM ${table}`));
    await addNumbers(database, usNumbers(2));
    for (const id of [ACCOUNT, OTHER])
      await write((tx) =>
        tx.query(
          'INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, ?, ?, ?, ?)',
          [id, 'Some', id, 'sealed', 0],
        ),
      );
    const clock = new FakeClock();
    calls = callsOn(database, { clock });
    billing = billingOn(database, calls);
    retention = retentionOn(database);
    await write((tx) => calls.settings.change(tx, ACCOUNT, { minute_fee: '0.01' }));
  });

  const write = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => database.transaction(work);

  function retentionOn(on: Database) {
    const { clock, crypto, config } = calls.sessions;
    const kept = new Retention(on, config);
    const store = { remove: async () => undefined } as unknown as RecordingStore;
    const plivo = { deleteRecording: async () => undefined } as never;
    const access = { of: async () => ({}) } as never;
    const deleteRecording = new DeleteRecording(on, clock, crypto, calls.jobs, plivo, access, store);
    const forgetCalls = new ForgetCalls(on, calls.spend);
    const figures = new ForgetFigures(on);
    const media = new DeleteMedia(on, clock, crypto, calls.jobs, calls.log, plivo, access, store);
    const texts = new ForgetTexts(on, clock, calls.spend, calls.sessions.events, media);
    return {
      deleteRecording,
      sessions: new ForgetEndedSessions(
        on,
        clock,
        kept,
        forgetCalls,
        new ForgetRecordings(on, deleteRecording),
        figures,
        new ForgetCallbacks(on, crypto),
        texts,
        new Metrics(),
      ),
      strangers: new ForgetStrangers(on, clock, kept, forgetCalls, figures, texts),
    };
  }

  /** A session of a minute, with a call and all that one leaves; its end is a minute from now. */
  async function lived(count = 1, body: Record<string, unknown> = {}): Promise<SessionRecord> {
    next += 2;
    const parties = { first_party: party(next), second_party: party(next + 1) };
    const session = await calls.sessions.open({ ...parties, session_expiry: 60, ...body }, '0.25');
    for (let index = 0; index < count; index += 1) await called(session);
    return session;
  }

  async function called(session: SessionRecord | null, accountId = ACCOUNT): Promise<string> {
    const { clock } = calls.sessions;
    const [now, uuid] = [clock.now(), newId()];
    const sessionId = session?.id ?? null;
    const callId = await billing.call(uuid, { sessionId, accountId, endedAt: now });
    const shared = { callId, sessionId, accountId, duration: 60, billedDuration: 60, amount: 8500 };
    await billing.leg(uuid, shared);
    if (session) await billing.leg(`${uuid}b`, { ...shared, side: 'B' });
    await billing.figured(uuid, { accountId });
    await write(async (tx) => {
      await STEP_ANSWERS.insert(tx, { callId, step: 'pin-1', answer: 'sealed' });
      await RESERVATIONS.insert(tx, { holder: callId, accountId, day: 0, amount: 1 });
      if (!session) return;
      const conversation = { startedAt: now, busyUntil: now, legCount: 2, duration: 0, billedDuration: 0, amount: 0 };
      await INTERACTIONS.insert(tx, { id: callId, sessionId: session.id, ...conversation });
    });
    return callId;
  }

  async function told(session: SessionRecord, facts: Partial<Callback> = {}): Promise<void> {
    const id = newId();
    const now = calls.sessions.clock.now();
    await write(async (tx) => {
      const made = {
        method: 'POST',
        url: 'x',
        body: 'x',
        attempts: 0,
        tries: 0,
        nextAttemptAt: now,
        createdAt: now,
      } as const;
      const what = {
        accountId: ACCOUNT,
        ownerId: ACCOUNT,
        event: newId(),
        stream: 'status',
        sequence: next++,
      } as const;
      await CALLBACKS.insert(tx, { id, sessionId: session.id, status: 'delivered', ...what, ...made, ...facts });
      const when = { startedAt: now, durationMs: 1 };
      await CALLBACK_ATTEMPTS.insert(tx, { callbackId: id, number: 1, ...when });
      await tx.query('DELETE FROM callback_stream WHERE session_id = ?', [session.id]);
      await CALLBACK_STREAMS.insert(tx, { sessionId: session.id, stream: 'status', lastSequence: 1 });
    });
  }

  async function recorded(session: SessionRecord, facts: Partial<Recording>): Promise<string> {
    const id = newId();
    const place = { accountId: ACCOUNT, sessionId: session.id, callId: newId(), format: 'mp3' } as const;
    await write((tx) =>
      RECORDINGS.insert(tx, {
        id,
        ...place,
        status: 'deleted',
        attempts: 0,
        createdAt: calls.sessions.clock.now(),
        ...facts,
      }),
    );
    return id;
  }

  async function wished(session: SessionRecord): Promise<void> {
    const id = newId();
    const at = calls.sessions.clock.now();
    await write(async (tx) => {
      const wish = {
        accountId: ACCOUNT,
        sessionId: session.id,
        status: 'over',
        createdAt: at,
        pendingUntil: at,
      } as const;
      await CALL_REQUESTS.insert(tx, { id, ...wish });
      await RESERVATIONS.insert(tx, { holder: id, accountId: ACCOUNT, day: 0, amount: 1 });
      const failure = { accountId: ACCOUNT, sessionId: session.id, callerIndex: 'x', failedAt: at };
      await PIN_FAILURES.insert(tx, { id, ...failure });
    });
  }

  /** Lets all that has been opened end, and then some time pass. */
  async function pass(milliseconds: number): Promise<void> {
    calls.sessions.clock.advance(60_000);
    await calls.sessions.expireDue.run();
    calls.sessions.clock.advance(milliseconds);
  }

  const rows = (table: string, where = '1 = 1', parameters: unknown[] = []): Promise<number> =>
    database.read(
      async (manager) => (await manager.query<unknown[]>(`SELECT 1 FROM ${table} WHERE ${where}`, parameters)).length,
    );

  /** How many rows of each table name a session; those that have none are left out. */
  async function naming(sessionId: string): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const { tableName, columns } of database.dataSource.entityMetadatas) {
      if (!columns.some(({ databaseName }) => databaseName === 'session_id')) continue;
      const count = await rows(tableName, 'session_id = ?', [sessionId]);
      if (count > 0) found[tableName] = count;
    }
    const own = await rows('masking_session', 'id = ?', [sessionId]);
    return own > 0 ? { ...found, masking_session: own } : found;
  }

  const sums = async (): Promise<string[]> => {
    const lines: string[] = [];
    for (const grouping of GROUPINGS) if (grouping !== 'session') lines.push(...(await billing.stats(grouping)));
    return lines;
  };
  const differences = async (isRepair = false): Promise<number[]> => {
    await billing.recount.run(isRepair);
    const report = (await billing.recount.last())!;
    const { callDifferences, sessionDifferences, sumDifferences } = report;
    const unequal = [report.calls - report.statCalls, report.amount - report.statAmount];
    return [callDifferences, sessionDifferences, sumDifferences, ...unequal];
  };

  it('deletes a session with all that names it when its time is over, to the millisecond, and nothing of another', async () => {
    const session = await lived(2);
    await told(session);
    await recorded(session, {});
    await wished(session);
    const later = await lived(1, { session_expiry: 61 });
    await pass(KEPT_MS - 1);
    await calls.sessions.expireDue.run();
    const before = await naming(session.id);
    expect(Object.keys(before).sort()).toEqual([
      'call_leg',
      'call_request',
      'call_tally',
      'callback',
      'callback_stream',
      'interaction',
      'masked_call',
      'masking_session',
      'number_assignment',
      'pin_failure',
      'recording',
      'session_stat',
    ]);
    expect([await retention.sessions.run(), await naming(session.id)]).toEqual([0, before]);

    calls.sessions.clock.advance(1);
    const kept = await naming(later.id);
    expect([await retention.sessions.run(), await naming(session.id), await naming(later.id)]).toEqual([1, {}, kept]);
    expect([await rows('callback_attempt'), await rows('call_answer'), await rows('spend_reservation')]).toEqual([
      0, 1, 1,
    ]);
  });

  it('waits with calls of which the records, read no more for days, will be read again', async () => {
    await write((tx) => tx.query('UPDATE account SET retention_days = 1'));
    await lived();
    await called(null);
    const sweptUntil = calls.sessions.clock.now();
    await write((tx) => SWEEPS.insert(tx, { accountId: ACCOUNT, sweptUntil }));
    await pass(3 * DAY_MS);
    const run = async () => [await retention.sessions.run(), await retention.strangers.run()];
    expect(await run()).toEqual([0, 0]);

    await write((tx) =>
      SWEEPS.update(tx, { sweptUntil: calls.sessions.clock.now() }, 'WHERE account_id = ?', [ACCOUNT]),
    );
    calls.sessions.clock.advance(HOUR_MS);
    expect(await run()).toEqual([1, 1]);
  });

  it('waits for records no longer than Plivo is asked for them', async () => {
    await write((tx) => tx.query('UPDATE account SET retention_days = 1'));
    const sweptUntil = calls.sessions.clock.now();
    await write((tx) => SWEEPS.insert(tx, { accountId: ACCOUNT, sweptUntil }));
    await called(null);
    await pass(9 * DAY_MS);
    expect(await retention.strangers.run()).toBe(1);
  });

  it('keeps every sum, and a recount neither finds nor repairs anything', async () => {
    await lived(3);
    await lived();
    calls.sessions.clock.advance(HOUR_MS);
    await lived(2);
    await called(null);
    const before = await sums();
    expect(before.length).toBeGreaterThan(6);
    await pass(KEPT_MS + 1);
    expect([await retention.sessions.run(), await retention.strangers.run()]).toEqual([3, 1]);
    expect(await rows('call_tally')).toBe(0);

    expect(await sums()).toEqual(before);
    expect(await differences()).toEqual([0, 0, 0, 0, 0]);
    expect(await differences(true)).toEqual([0, 0, 0, 0, 0]);
    expect(await sums()).toEqual(before);
    // It still looks at them.
    await write((tx) =>
      tx.query(
        "UPDATE call_stat SET amount = amount + 1 WHERE virtual_number <> '' AND hour = (SELECT MIN(hour) FROM forgotten_stat)",
      ),
    );
    expect((await differences())[2]).toBeGreaterThan(0);
  });

  it('leaves a session that has not ended, however old its calls', async () => {
    const session = await lived(1, { session_expiry: 86_400 });
    const still = await naming(session.id);
    calls.sessions.clock.advance(KEPT_MS * 2);
    // Nobody has noted its end yet.
    expect([await retention.sessions.run(), await retention.strangers.run(), await naming(session.id)]).toEqual([
      0,
      0,
      still,
    ]);
  });

  it('goes by the time of each account', async () => {
    const session = await lived();
    const stray = await called(null);
    const foreign = await called(null, OTHER);
    await pass(KEPT_MS + DAY_MS);
    await write((tx) => tx.query('UPDATE account SET retention_days = 100 WHERE auth_id = ?', [ACCOUNT]));
    expect([await retention.sessions.run(), await retention.strangers.run()]).toEqual([0, 1]);
    expect([await rows('masked_call', 'id = ?', [foreign]), await rows('masked_call', 'id = ?', [stray])]).toEqual([
      0, 1,
    ]);

    await write((tx) => tx.query('UPDATE account SET retention_days = 7 WHERE auth_id = ?', [ACCOUNT]));
    calls.sessions.clock.advance(10 * 60_000);
    expect([await retention.sessions.run(), await retention.strangers.run()]).toEqual([1, 1]);
    expect([await naming(session.id), await rows('masked_call'), await rows('call_leg')]).toEqual([{}, 0, 0]);
  });

  it('waits for what is still to be told or to come, for seven days', async () => {
    const untold = await lived();
    await told(untold, { status: 'pending' });
    const fetching = await lived();
    await recorded(fetching, { status: 'fetching' });
    await lived();
    await pass(KEPT_MS);
    expect(await retention.sessions.run()).toBe(1);
    await write((tx) => tx.query("UPDATE recording SET status = 'none'"));
    expect([await retention.sessions.run(), await naming(fetching.id)]).toEqual([1, {}]);
    calls.sessions.clock.advance(7 * DAY_MS - 1);
    expect(await retention.sessions.run()).toBe(0);
    calls.sessions.clock.advance(1);
    expect([await retention.sessions.run(), await naming(untold.id)]).toEqual([1, {}]);
  });

  it('waits until the price of a call is final, where sessions are kept for a day', async () => {
    await write((tx) => tx.query('UPDATE account SET retention_days = 1'));
    const session = await lived();
    await called(null);
    await pass(25 * HOUR_MS);
    expect([await retention.sessions.run(), await retention.strangers.run()]).toEqual([0, 0]);
    calls.sessions.clock.advance(HOUR_MS);
    expect([await retention.sessions.run(), await retention.strangers.run(), await naming(session.id)]).toEqual([
      1,
      1,
      {},
    ]);
  });

  it('has a recording deleted here and at Plivo, and then forgets that there was one', async () => {
    const session = await lived();
    const id = await recorded(session, { status: 'ready', file: 'f', fileKey: 'k' });
    retention.deleteRecording.onModuleInit();
    await pass(KEPT_MS);
    expect([await retention.sessions.run(), await naming(session.id)]).toEqual([1, { recording: 1 }]);
    expect(await rows('recording', "id = ? AND status = 'deleting' AND file_key IS NULL", [id])).toBe(1);
    await calls.jobs.runDue();
    expect(await naming(session.id)).toEqual({});
  });

  it('empties a session of very many calls before it goes', async () => {
    const session = await lived(60);
    await lived();
    await told(session);
    const before = await sums();
    await pass(KEPT_MS);
    expect([await retention.sessions.run(), await rows('masked_call'), await differences()]).toEqual([
      1,
      0,
      [0, 0, 0, 0, 0],
    ]);
    expect([await retention.sessions.run(), await naming(session.id), await sums()]).toEqual([1, {}, before]);
    expect(await differences()).toEqual([0, 0, 0, 0, 0]);
  });

  it('deletes legs that no call is known for', async () => {
    await billing.leg('lone', { amount: 700 });
    await billing.figured('lone');
    const before = await sums();
    await pass(KEPT_MS - 60_001);
    expect(await retention.strangers.run()).toBe(0);
    calls.sessions.clock.advance(10 * 60_000);
    expect([await retention.strangers.run(), await rows('call_leg'), await sums()]).toEqual([1, 0, before]);
    expect(await differences()).toEqual([0, 0, 0, 0, 0]);
  });

  it('is done once by two that run at the same time', async () => {
    const day = { session_expiry: 60, virtual_number_cooloff_period: 0 };
    for (let index = 0; index < 70; index += 1) await lived(index % 3, day);
    const before = await sums();
    await pass(KEPT_MS);
    const both = await Promise.all([retention.sessions.run(), retentionOn(database).sessions.run()]);
    const rest = await retention.sessions.run();
    expect([both[0] + both[1] + rest, await rows('masking_session'), await rows('number_assignment')]).toEqual([
      70, 0, 0,
    ]);
    expect([await sums(), await differences()]).toEqual([before, [0, 0, 0, 0, 0]]);
  });

  it('finds what is over by an index', async () => {
    const read = async (tx: Tx): Promise<unknown[]> => {
      const asked: string[] = [];
      const spy = Object.create(tx) as Tx;
      spy.query = (async (sql: string, parameters: unknown[]) => {
        asked.push(sql);
        return tx.query(`EXPLAIN ${kind === 'sqlite' ? 'QUERY PLAN ' : ''}${sql}`, parameters);
      }) as Tx['query'];
      return nextEnded(spy, database, { accountId: ACCOUNT, after: FIRST_ENDED, until: 1, limit: 10 });
    };
    const plan = JSON.stringify(await database.read(read));
    expect(plan).toContain('masking_session_ended');
    expect(plan).not.toMatch(/TEMP B-TREE|filesort/);
  });

  it('leaves money that is kept by the day', async () => {
    await lived();
    const day = { accountId: ACCOUNT, day: 0, spent: 1, reserved: 1, isCapReached: false };
    await write((tx) => SPENDS.insert(tx, day));
    await pass(KEPT_MS);
    await retention.sessions.run();
    expect([await rows('account_spend'), await rows('call_stat')]).toEqual([
      1,
      kind === 'sqlite' ? 2 : expect.any(Number),
    ]);
  });
});
