import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, OWNER, party, usNumbers } from '../../../test/support/ground.js';
import type { PlivoAccess } from '../../accounts/index.js';
import type { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { readAnswerWebhook, readHangupWebhook, type PlivoClient, type VerifiedWebhook } from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import { callerPlace } from '../call.entity.js';
import { CallFigured } from '../call-routing.events.js';
import { FindLostEnd } from './find-lost-end.js';

const [VIRTUAL = ''] = usNumbers(1);
const SECOND_PARTY = `<Number>${party(2)}</Number>`;
const HANG_UP = '<Response><Hangup/></Response>';
const DAY_MS = 86_400_000;

describeOnEachDatabase('a requested call', (open) => {
  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let findLostEnd: FindLostEnd;
  let session: SessionRecord;
  let requestId: string;
  let placedAt: number;
  let records: Record<string, unknown>[];
  let searched: Record<string, unknown>[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    [records, searched] = [[], []];
    const plivo = {
      placeCall: async () => ({ requestUuid: newId() }),
      findCalls: async (_: unknown, search: Record<string, unknown>) => {
        searched.push(search);
        return records;
      },
    } as unknown as PlivoClient;
    world = callsOn(database, { plivo });
    const { clock, crypto, events, findSessionById: byId, records: kept } = world.sessions;
    const access = { of: async () => ({ authId: 'MA', authToken: 'x' }) } as unknown as PlivoAccess;
    findLostEnd = new FindLostEnd(database, clock, crypto, events, world.jobs, plivo, access, byId, world.spend, kept);
    session = await world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      initiate_call_to_first_party: true,
      session_expiry: 86_400,
      ring_timeout: 30,
    });
    ({ id: requestId } = await request());
    placedAt = clock.now();
    await world.ringFirstParty.run(requestId);
  });

  const now = (): number => world.sessions.clock.now();
  const later = (milliseconds: number): void => world.sessions.clock.advance(milliseconds);
  const verified = (params: Record<string, string>): VerifiedWebhook => ({
    accountId: ACCOUNT,
    nonce: newId(),
    params: new Map(Object.entries(params)),
    contentHash: JSON.stringify(params).slice(0, 43),
  });
  const common = (callUuid: string) => ({
    CallUUID: callUuid,
    From: VIRTUAL,
    To: party(1).slice(1),
    Direction: 'outbound',
    CallStatus: 'in-progress',
  });
  const answered = (callUuid: string, of = requestId): Promise<string> => {
    const webhook = verified(common(callUuid));
    return world.connectSecondParty.run(webhook, of, readAnswerWebhook(webhook.params)!, () => true);
  };
  const rang = (callUuid: string, of = requestId): Promise<void> =>
    world.noteRinging.run(verified(common(callUuid)), of, callUuid);
  const ended = (callUuid: string, more: Record<string, string> = {}, of = requestId): Promise<void> => {
    const webhook = verified({
      ...common(callUuid),
      Event: 'Hangup',
      CallStatus: 'no-answer',
      Duration: '0',
      BillDuration: '0',
      TotalCost: '0.00000',
      HangupCauseCode: '3000',
      ...more,
    });
    return world.closeRequest.run(webhook, of, readHangupWebhook(webhook.params)!);
  };
  async function request(): Promise<{ id: string; status: string; call_uuid: string | null; pending_until: number }> {
    const [row] = await database.read<
      { id: string; status: string; call_uuid: string | null; pending_until: number }[]
    >((manager) => manager.query('SELECT id, status, call_uuid, pending_until FROM call_request'));
    return { ...row!, pending_until: Number(row!.pending_until) };
  }
  const statusIs = (status: string): Promise<unknown> =>
    database.transaction((tx) => tx.query('UPDATE call_request SET status = ?, call_uuid = NULL', [status]));
  const calls = () =>
    database.read<Record<string, unknown>[]>((manager) =>
      manager.query('SELECT a_leg_uuid, kind, caller_role, decision, reason FROM masked_call ORDER BY created_at, id'),
    );
  const shown = () => world.sessions.findSession.run(OWNER, session.id);
  const secondCalls = async (): Promise<string> => {
    const params = { CallUUID: newId(), From: party(2), To: VIRTUAL, Direction: 'inbound', CallStatus: 'ringing' };
    const webhook = verified(params);
    return world.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
  };

  describe('that rings', () => {
    it.each(['wanted', 'placing', 'failed'])('has been placed, although it was %s', async (status) => {
      await statusIs(status);
      const leg = newId();
      await rang(leg);
      expect(await request()).toMatchObject({ status: 'placed', call_uuid: leg });
    });

    it.each(['answered', 'over'])('is not taken back when it is %s already', async (status) => {
      await statusIs(status);
      await rang(newId());
      expect(await request()).toMatchObject({ status });
    });

    it('is one call: another that claims the request changes nothing', async () => {
      const leg = newId();
      await rang(leg);
      await statusIs('failed');
      await database.transaction((tx) => tx.query('UPDATE call_request SET call_uuid = ?', [leg]));
      await rang(newId());
      expect(await request()).toMatchObject({ status: 'failed', call_uuid: leg });
    });
  });

  describe('that the first party answers', () => {
    it('dials the second, and begins at the first', async () => {
      const leg = newId();
      await rang(leg);
      expect(await answered(leg)).toContain(SECOND_PARTY);
      expect(await request()).toMatchObject({ status: 'answered', call_uuid: leg });
      expect(await calls()).toEqual([
        { a_leg_uuid: leg, kind: 'request', caller_role: 'first', decision: 'connect', reason: 'request' },
      ]);
      expect((await shown()).interaction).toMatchObject([{ first_party_resource_url: expect.stringContaining(leg) }]);
    });

    it('is a call of the first party, whom its number names', async () => {
      const leg = newId();
      await answered(leg);
      const [row] = await database.read<{ id: string; caller: string; request_id: string }[]>((manager) =>
        manager.query('SELECT id, caller, request_id FROM masked_call'),
      );
      const place = callerPlace({ callId: row!.id, accountId: ACCOUNT });
      expect(world.sessions.crypto.open(place, row!.caller)).toBe(party(1).slice(1));
      expect(row!.request_id).toBe(requestId);
    });

    it('whose session is gone is refused', async () => {
      await database.transaction((tx) => tx.query('DELETE FROM masking_session'));
      await expect(answered(newId())).rejects.toMatchObject({ kind: 'not-found' });
    });

    it('is the one that rang: another is hung up', async () => {
      await rang(newId());
      const other = newId();
      expect(await answered(other)).toBe(HANG_UP);
      expect(await calls()).toEqual([]);
    });

    it('is refused when the session is in conversation by then', async () => {
      await statusIs('failed');
      expect(await secondCalls()).toContain('<Dial');
      expect(await answered(newId())).toContain('busy with another call');
    });
  });

  describe('whose first party is exchanged for another while its phone rings', () => {
    const rungCaller = async (): Promise<unknown> => {
      const [row] = await database.read<{ id: string; caller: string | null; caller_index: string }[]>((manager) =>
        manager.query('SELECT id, caller, caller_index FROM masked_call'),
      );
      const place = callerPlace({ callId: row!.id, accountId: ACCOUNT });
      return {
        caller: row!.caller === null ? null : world.sessions.crypto.open(place, row!.caller),
        index: row!.caller_index,
      };
    };
    const ofRung = (): unknown => ({
      caller: party(1).slice(1),
      index: world.sessions.records.partyIndex(ACCOUNT, party(1).slice(1)),
    });

    beforeEach(async () => {
      await clearSessions(database);
      await addNumbers(database, [VIRTUAL]);
      session = await world.sessions.open({
        first_party: party(1),
        second_party: party(2),
        create_session_with_single_party: true,
        initiate_call_to_first_party: true,
      });
      ({ id: requestId } = await request());
      await world.ringFirstParty.run(requestId);
      await rang('8e5f6a52-7d0c-4c53-9d6b-27fd4d0f2d11');
    });
    const answers = (more: Record<string, string> = {}): Promise<string> => {
      const webhook = verified({ ...common('8e5f6a52-7d0c-4c53-9d6b-27fd4d0f2d11'), ...more });
      return world.connectSecondParty.run(webhook, requestId, readAnswerWebhook(webhook.params)!, () => true);
    };

    it('connects nobody who is no party any more', async () => {
      await world.sessions.update(session.id, { first_party: party(3) });
      const answer = await answers();
      expect(answer).not.toContain('<Number');
      expect(answer).toContain('this connection has ended');
      expect(await calls()).toMatchObject([{ kind: 'request', decision: 'refuse', reason: 'expired' }]);
      expect(await rungCaller()).toEqual(ofRung());
    });

    it('connects nobody to their own phone, where the two have changed places', async () => {
      await world.sessions.update(session.id, { first_party: party(2), second_party: party(1) });
      expect(await answers()).not.toContain('<Number');
    });

    it('connects nobody of whom Plivo does not say who has answered', async () => {
      await world.sessions.update(session.id, { first_party: party(3) });
      expect(await answers({ To: 'anonymous' })).not.toContain('<Number');
      expect(await rungCaller()).toEqual(ofRung());
    });

    it('connects who is the first party still, to who is the second now', async () => {
      await world.sessions.update(session.id, { second_party: party(3) });
      expect(await answers()).toContain(`<Number>${party(3)}</Number>`);
      expect(await rungCaller()).toEqual(ofRung());
    });

    it('connects whom Plivo was asked to ring, though it does not say who has answered and something else was changed', async () => {
      later(1000);
      await world.sessions.update(session.id, { second_party: party(3) });
      expect(await answers({ To: 'anonymous' })).toContain(`<Number>${party(3)}</Number>`);
      expect(await rungCaller()).toEqual(ofRung());
      expect(await database.read((manager) => manager.query('SELECT rung FROM call_request'))).toEqual([
        { rung: null },
      ]);
    });

    it('is looked for as the phone that rang, where everything else of it is lost', async () => {
      await statusIs('placed');
      await world.sessions.update(session.id, { first_party: party(3) });
      later(150_000);
      const leg = { callUuid: newId(), parentCallUuid: null, startedAt: placedAt, answeredAt: null };
      records = [{ ...leg, from: VIRTUAL, to: party(1).slice(1), durationSeconds: 0, endedAt: now() }];
      await findLostEnd.run(requestId);
      expect(searched).toMatchObject([{ to: party(1).slice(1) }]);
      expect(await rungCaller()).toEqual(ofRung());
      expect(await database.read((manager) => manager.query('SELECT status, rung FROM call_request'))).toEqual([
        { status: 'over', rung: null },
      ]);
    });

    it('is told as a call to the phone that rang, where nobody answers', async () => {
      await world.sessions.update(session.id, { first_party: party(3) });
      await ended('8e5f6a52-7d0c-4c53-9d6b-27fd4d0f2d11');
      expect(await rungCaller()).toEqual(ofRung());
    });
  });

  describe('that ended unanswered', () => {
    it('is a conversation of one leg, and lets its session go at once', async () => {
      const leg = newId();
      await ended(leg);
      expect(await calls()).toEqual([
        { a_leg_uuid: leg, kind: 'request', caller_role: 'first', decision: 'refuse', reason: 'unanswered' },
      ]);
      expect(await request()).toMatchObject({ status: 'over', call_uuid: leg, pending_until: now() });
      expect((await shown()).interaction).toMatchObject([
        { first_party_status: 'no-answer', second_party_resource_url: null, total_call_count: 1 },
      ]);
      expect(await secondCalls()).toContain('<Dial');
    });

    it('is found by both parties, by the number and by how it ended', async () => {
      await ended(newId());
      const columns = 'caller_index, dialled_index, virtual_number, outcome';
      const kept = await database.read<object[]>((m) => m.query(`SELECT ${columns} FROM masked_call`));
      const { firstIndex, secondIndex, virtualNumber } = session;
      expect(kept.map((row) => ({ ...row }))).toEqual([
        { caller_index: firstIndex, dialled_index: secondIndex, virtual_number: virtualNumber, outcome: 'no-answer' },
      ]);
    });

    it('is unanswered where Plivo tells no length either, and no PIN was asked for', async () => {
      const webhook = verified({ ...common(newId()), Event: 'Hangup', CallStatus: 'busy' });
      await world.closeRequest.run(webhook, requestId, readHangupWebhook(webhook.params)!);
      const kept = await database.read((m) => m.query('SELECT reason, pin_attempts FROM masked_call'));
      expect(kept).toEqual([{ reason: 'unanswered', pin_attempts: 0 }]);
    });

    it('is one conversation, however often its end is told', async () => {
      const leg = newId();
      await ended(leg);
      await ended(leg);
      expect(await calls()).toHaveLength(1);
      expect(await request()).toMatchObject({ status: 'over' });
    });

    it('began when Plivo says, and otherwise when we hear of it', async () => {
      later(5000);
      await ended(newId(), {
        SessionStart: '2026-01-05 10:00:02.000000',
        StartTime: '2026-01-05 10:00:02',
        EndTime: '2026-01-05 10:00:04',
      });
      expect((await shown()).interaction).toMatchObject([{ start_time: '2026-01-05 10:00:02 +0000 UTC' }]);
    });

    it('of another call than that which rang is told as no conversation', async () => {
      const leg = newId();
      await rang(leg);
      await ended(newId());
      expect(await calls()).toEqual([]);
      expect(await request()).toMatchObject({ status: 'placed', call_uuid: leg });
    });
  });

  describe('that ended answered, without asking for its answer', () => {
    it.each([
      [
        'a time of answer',
        {
          AnswerTime: '2026-01-05 10:00:05',
          StartTime: '2026-01-05 10:00:00',
          SessionStart: '2026-01-05 10:00:00.000000',
        },
      ],
      ['a length', { Duration: '1' }],
      ['its status', { CallStatus: 'completed' }],
    ])('is kept for its answer, which may still come, told by %s', async (_, more) => {
      const leg = newId();
      await ended(leg, more);
      expect(await request()).toMatchObject({ status: 'placed', call_uuid: leg, pending_until: now() });
      expect(await calls()).toEqual([]);
      expect(await answered(leg)).toContain(SECOND_PARTY);
      expect(await request()).toMatchObject({ status: 'answered' });
    });
  });

  it('that ended after its answer is over', async () => {
    const leg = newId();
    await answered(leg);
    await ended(leg, { CallStatus: 'completed', Duration: '40' });
    expect(await request()).toMatchObject({ status: 'over', call_uuid: leg });
    expect(await calls()).toHaveLength(1);
    expect((await shown()).interaction).toMatchObject([{ first_party_status: 'completed' }]);
  });

  it('that the account does not have is refused', async () => {
    const nobodys = newId();
    const notFound = { kind: 'not-found' };
    await expect(answered(newId(), nobodys)).rejects.toMatchObject(notFound);
    await expect(rang(newId(), nobodys)).rejects.toMatchObject(notFound);
    await expect(ended(newId(), {}, nobodys)).rejects.toMatchObject(notFound);
    const foreign = { ...verified(common(newId())), accountId: 'MAOTHEROTHEROTHER000' };
    await expect(world.noteRinging.run(foreign, requestId, newId())).rejects.toMatchObject(notFound);
  });

  it('is not told that it rings under a nonce that was used for something else', async () => {
    const webhook = verified(common(newId()));
    await world.noteRinging.run(webhook, requestId, newId());
    const forged = { ...webhook, contentHash: 'other' };
    await expect(world.noteRinging.run(forged, requestId, newId())).rejects.toMatchObject({ kind: 'forbidden' });
  });

  describe('whose end nobody told', () => {
    const record = (more: Record<string, unknown> = {}) => ({
      callUuid: newId(),
      parentCallUuid: null,
      direction: 'outbound',
      from: VIRTUAL,
      to: party(1).slice(1),
      startedAt: placedAt,
      answeredAt: null,
      endedAt: placedAt + 30_000,
      durationSeconds: 0,
      billedSeconds: 0,
      amountMicros: 0,
      hangupCauseCode: 3000,
      hangupCauseName: 'No Answer',
      hangupSource: 'Carrier',
      ...more,
    });
    const find = (): Promise<void> => findLostEnd.run(requestId);

    it('is found among the calls of the account since it was placed', async () => {
      later(90_000);
      records = [record()];
      const figured: CallFigured[] = [];
      world.sessions.events.subscribe(CallFigured, async (_tx, event) => void figured.push(event));
      await find();
      expect(searched).toEqual([
        { from: VIRTUAL, to: party(1).slice(1), direction: 'outbound', endedFrom: placedAt - 1000 },
      ]);
      const leg = String(records[0]!.callUuid);
      expect(await calls()).toMatchObject([{ a_leg_uuid: leg, kind: 'request', reason: 'unanswered' }]);
      expect(await request()).toMatchObject({ status: 'over', call_uuid: leg });
      expect((await shown()).interaction).toMatchObject([
        {
          start_time: '2026-01-05 10:00:00 +0000 UTC',
          end_time: '2026-01-05 10:00:30 +0000 UTC',
          first_party_status: 'no-answer',
        },
      ]);
      expect(figured).toEqual([new CallFigured(ACCOUNT, leg, VIRTUAL, 'settled')]);
    });

    it.each([
      ['a time of answer', { answeredAt: 1767607205000 }],
      ['a length', { durationSeconds: 1 }],
    ])('is told as answered in vain where its record has %s', async (_, more) => {
      records = [record(more)];
      await find();
      expect(await calls()).toMatchObject([{ reason: 'answer-lost' }]);
      expect((await shown()).interaction).toMatchObject([{ first_party_status: 'completed' }]);
    });

    it('was not answered where its record tells no length', async () => {
      records = [record({ durationSeconds: null })];
      await find();
      expect(await calls()).toMatchObject([{ reason: 'unanswered' }]);
    });

    it('is looked for by the job that its placing left, and again by the same while there is no record', async () => {
      findLostEnd.onModuleInit();
      later(89_999);
      await world.jobs.runDue();
      expect(searched).toEqual([]);
      later(1);
      await world.jobs.runDue();
      expect(searched).toHaveLength(1);
      records = [record()];
      later(60_000);
      await world.jobs.runDue();
      expect(await request()).toMatchObject({ status: 'over' });
    });

    it('is the earliest that is no other call and no leg of one', async () => {
      const known = newId();
      await answered(known);
      await statusIs('placed');
      const own = record({ startedAt: placedAt + 1000 });
      records = [
        record({ startedAt: placedAt + 2000 }),
        own,
        record({ callUuid: known }),
        record({ parentCallUuid: newId() }),
        record({ startedAt: placedAt - 1001 }),
        record({ startedAt: null }),
      ];
      await find();
      expect(await request()).toMatchObject({ status: 'over', call_uuid: own.callUuid });
    });

    it('may have begun in the second before, because Plivo tells whole ones', async () => {
      records = [record({ startedAt: placedAt - 1000 })];
      await find();
      expect(await request()).toMatchObject({ status: 'over' });
    });

    it('is asked for every minute during 25 hours, then given up, and what was reserved for it is free', async () => {
      const reserve = { accountId: ACCOUNT, holder: requestId, micros: 1000, cap: '1' };
      await database.transaction((tx) => world.spend.reserve(tx, reserve));
      await expect(find()).rejects.toMatchObject({ name: 'Defer', seconds: 60 });
      later((25 * DAY_MS) / 24 - 1);
      await expect(find()).rejects.toMatchObject({ name: 'Defer' });
      later(1);
      await expect(find()).rejects.toMatchObject({ name: 'Park' });
      expect(await request()).toMatchObject({ status: 'over' });
      const reserved: unknown[] = await database.read((manager) =>
        manager.query('SELECT holder FROM spend_reservation'),
      );
      expect(reserved).toEqual([]);
    });

    it.each(['wanted', 'placing', 'answered', 'over', 'failed'])('is not asked for while it is %s', async (status) => {
      await statusIs(status);
      await expect(find()).resolves.toBeUndefined();
      await expect(findLostEnd.run(newId())).resolves.toBeUndefined();
      expect(searched).toEqual([]);
    });

    it('was told after all, while Plivo was being asked', async () => {
      const leg = newId();
      const plivo = {
        findCalls: async () => {
          await ended(leg);
          return [record()];
        },
      } as unknown as PlivoClient;
      const { clock, crypto, events, findSessionById: byId, records: kept } = world.sessions;
      const access = { of: async () => ({ authId: 'MA', authToken: 'x' }) } as unknown as PlivoAccess;
      const late = new FindLostEnd(database, clock, crypto, events, world.jobs, plivo, access, byId, world.spend, kept);
      await late.run(requestId);
      expect(await calls()).toMatchObject([{ a_leg_uuid: leg }]);
    });
  });
});
