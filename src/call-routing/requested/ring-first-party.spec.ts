import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../../test/support/ground.js';
import type { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import {
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
  readAnswerWebhook,
  readHangupWebhook,
} from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';

const [VIRTUAL = ''] = usNumbers(1);
const REPEATED = '#ct=2000&rt=5000&rc=5&rp=all&tt=55000';
const PLACE_WITHIN_MS = 120_000;

interface RequestRow {
  id: string;
  status: string;
  reason: string | null;
  placed_at: number | null;
  pending_until: number;
}

describeOnEachDatabase('the first party of a requested call', (open) => {
  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let placed: Record<string, unknown>[];
  let failure: Error | null;
  let records: Record<string, unknown>[];
  let searched: Record<string, unknown>[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    [placed, searched, records, failure] = [[], [], [], null];
    world = callsOn(database, {
      plivo: {
        placeCall: async (_: unknown, call: Record<string, unknown>) => {
          placed.push(call);
          if (failure) throw failure;
          return { requestUuid: newId() };
        },
        findCalls: async (_: unknown, search: Record<string, unknown>) => {
          searched.push(search);
          return records;
        },
      },
    });
  });

  const now = (): number => world.sessions.clock.now();
  const later = (milliseconds: number): void => world.sessions.clock.advance(milliseconds);
  const asked = (more: Record<string, unknown> = {}): Promise<SessionRecord> =>
    world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      initiate_call_to_first_party: true,
      session_expiry: 3600,
      call_time_limit: 600,
      ring_timeout: 30,
      ...more,
    });
  const request = async (): Promise<RequestRow> => {
    const [row] = await database.read<RequestRow[]>((manager) =>
      manager.query(
        'SELECT id, status, reason, placed_at, pending_until FROM call_request ORDER BY created_at DESC, id DESC',
      ),
    );
    if (!row) throw new Error('nothing was requested');
    return { ...row, pending_until: Number(row.pending_until), placed_at: row.placed_at && Number(row.placed_at) };
  };
  const ring = async (): Promise<void> => world.ringFirstParty.run((await request()).id);
  const jobs = async (kind: string): Promise<number[]> =>
    (
      await database.read<{ run_at: number }[]>((manager) =>
        manager.query('SELECT run_at FROM job WHERE kind = ? ORDER BY run_at', [kind]),
      )
    ).map(({ run_at }) => Number(run_at));
  const limited = (patch: object): Promise<unknown> =>
    database.transaction(async (tx) => {
      await tx.query(
        "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'x', 'x', 'x', 0)",
        [ACCOUNT],
      );
      return world.settings.change(tx, ACCOUNT, patch);
    });
  const reserved = async (): Promise<number[]> =>
    (await database.read<{ amount: number }[]>((manager) => manager.query('SELECT amount FROM spend_reservation'))).map(
      ({ amount }) => Number(amount),
    );
  const capped = { daily_spend_cap: '100', max_rate_per_minute: '0.02' };
  const record = (more: Record<string, unknown> = {}) => ({
    callUuid: newId(),
    parentCallUuid: null,
    startedAt: null,
    ...more,
  });

  it('is rung from the virtual number, as long as the session says, with every webhook of the request', async () => {
    await asked();
    await ring();

    const { id } = await request();
    const url = (what: string) =>
      `${world.sessions.config.http.publicUrl}/plivo/${ACCOUNT}/requests/${id}/${what}${REPEATED}`;
    expect(placed).toEqual([
      {
        from: VIRTUAL,
        to: party(1).slice(1),
        answerUrl: url('answer'),
        ringUrl: url('ring'),
        hangupUrl: url('hangup'),
        ringTimeoutSeconds: 30,
        // It must outlive the second party's ringing, which its call limit does not count.
        timeLimitSeconds: 600 + 30 + 60,
      },
    ]);
  });

  it('is cut after a day at the latest, the longest that Plivo takes', async () => {
    await asked({ call_time_limit: 86_400 });
    await ring();
    expect(placed).toMatchObject([{ timeLimitSeconds: 86_400 }]);
  });

  it('holds the session busy until it has rung and a minute more, after which its end is looked for', async () => {
    await asked();
    later(1000);
    await ring();
    const over = now() + 90_000;
    expect(await request()).toMatchObject({ status: 'placed', reason: null, placed_at: now(), pending_until: over });
    expect(await jobs('calls.follow-request')).toEqual([over]);
  });

  it('is rung once, however often the job runs', async () => {
    await asked();
    await ring();
    await ring();
    expect(placed).toHaveLength(1);
    await expect(world.ringFirstParty.run(newId())).resolves.toBeUndefined();
    expect(placed).toHaveLength(1);
  });

  it.each(['answered', 'over', 'failed', 'placed'])('is not rung for a request that is %s', async (status) => {
    await asked();
    await database.transaction((tx) => tx.query('UPDATE call_request SET status = ?', [status]));
    await ring();
    expect([placed, (await request()).status]).toEqual([[], status]);
  });

  it('is rung within two minutes of the wish, or not at all', async () => {
    await asked();
    expect((await request()).pending_until).toBe(now() + PLACE_WITHIN_MS);
    later(PLACE_WITHIN_MS);
    await ring();
    expect(placed).toHaveLength(1);

    await world.sessions.end((await asked()).id);
    await asked();
    later(PLACE_WITHIN_MS + 1);
    await ring();
    expect(placed).toHaveLength(1);
    expect(await request()).toMatchObject({ status: 'failed', reason: 'too-late' });
  });

  it('is not rung for a session that has run out, before the tick or after', async () => {
    await asked({ session_expiry: 60 });
    later(60_000);
    await ring();
    expect([placed, await request()]).toMatchObject([[], { status: 'failed', reason: 'session-ended' }]);
  });

  it('is not rung where there is nobody to connect it with', async () => {
    await asked();
    const { id } = await request();
    const single = { first_party: party(5), create_session_with_single_party: true };
    const alone = await world.sessions.open(single);
    await database.transaction((tx) => tx.query('UPDATE call_request SET session_id = ? WHERE id = ?', [alone.id, id]));
    await ring();
    expect([placed, await request()]).toMatchObject([[], { status: 'failed', reason: 'no-other-party' }]);
  });

  it('is not rung while a conversation of the session is on', async () => {
    const session = await asked();
    const callId = newId();
    await database.transaction((tx) =>
      tx.query(
        `INSERT INTO interaction (id, session_id, started_at, busy_until, leg_count, duration, billed_duration, amount)
         VALUES (?, ?, ?, ?, 1, 0, 0, 0)`,
        [callId, session.id, now(), now() + 60_000],
      ),
    );
    await ring();
    expect([placed, await request()]).toMatchObject([[], { status: 'failed', reason: 'busy' }]);
  });

  it('is not rung in a country that the operator has closed meanwhile', async () => {
    await asked();
    await limited({ allowed_countries: ['GB'] });
    await ring();
    expect([placed, await request()]).toMatchObject([[], { status: 'failed', reason: 'destination' }]);
  });

  it('is rung if the longest call fits the spend cap, which is then reserved', async () => {
    await asked();
    // 600 s and 120 s to spare are 12 minutes of the called leg, with 30 s of ringing 13 of the caller's.
    await limited({ ...capped, daily_spend_cap: '0.499999' });
    await ring();
    expect([placed, await request()]).toMatchObject([[], { status: 'failed', reason: 'spend-cap' }]);
    expect(await reserved()).toEqual([]);

    await database.transaction((tx) => world.settings.change(tx, ACCOUNT, { daily_spend_cap: '0.5' }));
    await asked();
    await ring();
    expect(placed).toHaveLength(1);
    expect(await reserved()).toEqual([500_000]);
  });

  it('is rung if the account may request another call today, or ring another phone', async () => {
    await asked();
    await limited({ daily_requested_calls: 1, daily_destinations: 5 });
    await ring();
    expect(placed).toHaveLength(1);
    later(1000);
    await asked({ first_party: party(3), second_party: party(4) });
    await ring();
    expect([placed, await request()]).toMatchObject([[{}], { status: 'failed', reason: 'daily-cap' }]);
    expect(await world.dailyCaps.counted(ACCOUNT)).toEqual({ 'requested-calls': 1, destinations: 1 });
  });

  it('is not counted as requested where its phone is one too many', async () => {
    await asked();
    await limited({ ...capped, daily_requested_calls: 5, daily_destinations: 1 });
    await database.transaction(async (tx) => {
      await world.dailyCaps.findDestination(tx, ACCOUNT, 'another', 1);
      await world.dailyCaps.countDestination(tx, ACCOUNT, 'another', 1);
    });
    await ring();
    expect([placed, await request()]).toMatchObject([[], { status: 'failed', reason: 'daily-cap' }]);
    expect(await world.dailyCaps.counted(ACCOUNT)).toEqual({ 'requested-calls': 0, destinations: 1 });
    expect(await reserved()).toEqual([]);
  });

  it('is counted once, however often Plivo has to be asked', async () => {
    await asked();
    await limited({ daily_requested_calls: 1, daily_destinations: 1 });
    failure = new ProviderBusy(7);
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    failure = null;
    await ring();
    expect(await request()).toMatchObject({ status: 'placed' });
    expect(await world.dailyCaps.counted(ACCOUNT)).toEqual({ 'requested-calls': 1, destinations: 1 });
  });

  it('is given up when Plivo refuses, and what was reserved is free again', async () => {
    await asked();
    await limited(capped);
    failure = new ProviderRefused(403, 'barred');
    await ring();
    expect(await request()).toMatchObject({ status: 'failed', reason: 'refused-403' });
    expect(await reserved()).toEqual([]);
  });

  it.each([
    ['says when to come back', new ProviderBusy(7), 7, 'provider-busy'],
    ['asks to slow down without saying how long', new ProviderBusy(0), 1, 'provider-busy'],
    ['cannot be reached', new ProviderUnavailable('down'), 5, 'provider-unavailable'],
  ])('is asked for again where Plivo %s, because nothing has reached it', async (_, thrown, seconds, reason) => {
    await asked();
    await limited(capped);
    failure = thrown;
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater', seconds });
    expect(await request()).toMatchObject({ status: 'wanted', reason });

    failure = null;
    await ring();
    expect(placed).toHaveLength(2);
    expect(await request()).toMatchObject({ status: 'placed', reason: null });
  });

  it.each([
    ['is placed', null, 'placed'],
    ['is refused', new ProviderRefused(403, 'barred'), 'failed'],
  ])(
    'is moved on alone: another that is being placed stays where it is when this one %s',
    async (_, thrown, status) => {
      await asked();
      const { id } = await request();
      const other = newId();
      await database.transaction((tx) =>
        tx.query(
          "INSERT INTO call_request (id, account_id, session_id, status, created_at, pending_until) VALUES (?, ?, ?, 'placing', 0, 0)",
          [other, ACCOUNT, newId()],
        ),
      );
      failure = thrown;
      await world.ringFirstParty.run(id);
      const rows = await database.read<{ id: string; status: string }[]>((manager) =>
        manager.query('SELECT id, status FROM call_request'),
      );
      expect(Object.fromEntries(rows.map((row) => [row.id, row.status]))).toEqual({ [id]: status, [other]: 'placing' });
    },
  );

  it('frees what was reserved for it when the session ends before it can be asked for again', async () => {
    const session = await asked();
    await limited(capped);
    failure = new ProviderUnavailable('down');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(await reserved()).toHaveLength(1);
    await world.sessions.end(session.id);
    await ring();
    expect(await reserved()).toEqual([]);
  });

  it('is left to the job after a mistake of ours', async () => {
    await asked();
    failure = new Error('a mistake');
    await expect(ring()).rejects.toThrow('a mistake');
    expect(await request()).toMatchObject({ status: 'placing', reason: null });
  });

  it('is looked for among the calls of the account, where Plivo did not say whether it rings', async () => {
    await asked();
    failure = new ProviderOutcomeUnknown('timeout');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater', seconds: 5 });
    expect(await request()).toMatchObject({ status: 'placing', reason: 'outcome-unknown' });
    const placedAt = now();

    later(5000);
    records = [record({ parentCallUuid: newId(), startedAt: placedAt }), record({ startedAt: placedAt - 1001 })];
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater', seconds: 15 });
    expect(searched).toEqual([
      { from: VIRTUAL, to: party(1).slice(1), direction: 'outbound', endedFrom: placedAt - 1000 },
    ]);
    expect(placed).toHaveLength(1);

    // Plivo's times are whole seconds.
    records = [record({ startedAt: placedAt - 1000 })];
    await ring();
    expect(await request()).toMatchObject({ status: 'placed', reason: null });
    expect(await jobs('calls.follow-request')).toEqual([now() + 60_000]);
    expect(placed).toHaveLength(1);
  });

  it('takes a call of which Plivo does not say when it began for its own', async () => {
    await asked();
    failure = new ProviderOutcomeUnknown('timeout');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    records = [record()];
    await ring();
    expect((await request()).status).toBe('placed');
  });

  it('is looked up as whom Plivo was asked to ring, whoever is the first party by now', async () => {
    const session = await asked({ create_session_with_single_party: true });
    failure = new ProviderOutcomeUnknown('timeout');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    await world.sessions.update(session.id, { first_party: party(3) });
    later(60_000);
    records = [record()];
    await ring();
    expect(searched).toMatchObject([{ to: party(1).slice(1) }]);
    expect((await request()).status).toBe('placed');
  });

  it.each([
    ['has rung', false, false],
    ['has rung after it was given up', false, true],
    ['was answered, which nobody asked us about, and ended', true, false],
    ['was so after it was given up', true, true],
  ])(
    'is followed to its end though Plivo did not say that it placed the call, which %s',
    async (_, hasEnded, isLate) => {
      await asked();
      failure = new ProviderOutcomeUnknown('timeout');
      await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
      if (isLate) {
        later(60_000);
        await ring();
        expect((await request()).status).toBe('failed');
      }
      const { id } = await request();
      const common = { CallUUID: newId(), From: VIRTUAL, To: party(1).slice(1), Direction: 'outbound' };
      const params = new Map(
        Object.entries({ ...common, Event: 'Hangup', CallStatus: 'completed', Duration: '20', BillDuration: '60' }),
      );
      const webhook = { accountId: ACCOUNT, nonce: newId(), contentHash: 'x', params };
      if (hasEnded) await world.closeRequest.run(webhook, id, readHangupWebhook(params)!);
      else await world.noteRinging.run(webhook, id, common.CallUUID);
      if (!isLate) await ring();
      expect((await request()).status).toBe('placed');
      expect(await jobs('calls.follow-request')).toHaveLength(1);
    },
  );

  it('gives back what was reserved for it where its destination is forbidden before a second try', async () => {
    await limited(capped);
    await asked();
    failure = new ProviderUnavailable('reset');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(await reserved()).toHaveLength(1);
    await database.transaction((tx) => world.settings.change(tx, ACCOUNT, { allowed_countries: ['DE'] }));
    later(6000);
    await ring();
    expect(await request()).toMatchObject({ status: 'failed', reason: 'destination' });
    expect(await reserved()).toEqual([]);
  });

  it('is kept sealed, from when Plivo is asked until it is known what became of that', async () => {
    const kept = async (): Promise<string | null> => {
      const [row] = await database.read<{ id: string; rung: string | null }[]>((manager) =>
        manager.query('SELECT id, rung FROM call_request'),
      );
      if (!row?.rung) return null;
      expect(row.rung).not.toContain(party(1).slice(1));
      return world.sessions.crypto.open({ column: 'call_request.rung', row: row.id, account: ACCOUNT }, row.rung);
    };
    await asked();
    expect(await kept()).toBeNull();
    failure = new ProviderUnavailable('reset');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    failure = new ProviderOutcomeUnknown('timeout');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    expect(await kept()).toBe(party(1).slice(1));
    later(60_000);
    await ring();
    expect(await request()).toMatchObject({ status: 'failed', reason: 'unconfirmed' });
    expect(await kept()).toBeNull();
  });

  it('is given up a minute after nobody knows of its call', async () => {
    await asked();
    failure = new ProviderOutcomeUnknown('timeout');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    later(59_999);
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater', seconds: 15 });
    later(1);
    await ring();
    expect(await request()).toMatchObject({ status: 'failed', reason: 'unconfirmed' });
    expect(placed).toHaveLength(1);
  });

  it('is not looked for once its session has lost it', async () => {
    await asked();
    failure = new ProviderOutcomeUnknown('timeout');
    await expect(ring()).rejects.toMatchObject({ name: 'RetryLater' });
    await database.transaction((tx) => tx.query('DELETE FROM masking_session'));
    await expect(ring()).resolves.toBeUndefined();
    expect(searched).toEqual([]);
  });

  it('is wished for by a create or a renewal that asks for it, and by no other', async () => {
    const count = async (): Promise<number> =>
      (await database.read<unknown[]>((m) => m.query('SELECT id FROM call_request'))).length;
    await asked({ initiate_call_to_first_party: false });
    expect(await count()).toBe(0);
    await asked({ initiate_call_to_first_party: false });
    expect(await count()).toBe(0);
    await asked();
    expect(await count()).toBe(1);
    expect(await jobs('calls.place')).toHaveLength(1);
  });

  it('is not wished for again while a call or a request of the session is on', async () => {
    const session = await asked({ initiate_call_to_first_party: false });
    const params = new Map(
      Object.entries({ CallUUID: newId(), From: party(2), To: VIRTUAL, Direction: 'inbound', CallStatus: 'ringing' }),
    );
    const webhook = { accountId: ACCOUNT, nonce: newId(), contentHash: 'x', params };
    await world.answerCall.run(webhook, readAnswerWebhook(params)!, () => true);
    const count = async (): Promise<number> =>
      (await database.read<unknown[]>((m) => m.query('SELECT id FROM call_request'))).length;
    await asked();
    expect(await count()).toBe(0);

    await database.transaction((tx) => tx.query('UPDATE interaction SET ended_at = ?', [now()]));
    for (const [status, isOn] of [
      ['wanted', true],
      ['placing', true],
      ['placed', true],
      ['answered', false],
      ['over', false],
      ['failed', false],
    ] as const) {
      await database.transaction(async (tx) => {
        await tx.query('DELETE FROM call_request');
        await tx.query(
          'INSERT INTO call_request (id, account_id, session_id, status, created_at, pending_until) VALUES (?, ?, ?, ?, ?, ?)',
          [newId(), ACCOUNT, session.id, status, now(), now() + 1],
        );
      });
      await asked();
      expect([status, await count()]).toEqual([status, isOn ? 1 : 2]);
    }
    await database.transaction((tx) =>
      tx.query("UPDATE call_request SET status = 'placed', pending_until = ?", [now()]),
    );
    await asked();
    expect(await count()).toBe(3);
  });
});
