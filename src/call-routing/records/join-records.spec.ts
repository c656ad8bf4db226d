import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import {
  ACCOUNT,
  addNumbers,
  announced,
  clearSessions,
  OWNER,
  party,
  usNumbers,
} from '../../../test/support/ground.js';
import type { Database } from '../../platform/database/database.js';
import { newId } from '../../platform/ids.js';
import { readAnswerWebhook, readDialAction, readHangupWebhook, type VerifiedWebhook } from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import { CallEnded, CallFigured, PartyAnswered, PartyHungUp } from '../call-routing.events.js';

const [VIRTUAL = ''] = usNumbers(1);
const [A_LEG, B_LEG] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];
const RECORDS_WITHIN_MS = 120_000;
const GIVE_UP_MS = 25 * 3_600_000;
const DAY_MS = 86_400_000;

describeOnEachDatabase('the records of a call', (open) => {
  let database: Database;
  let world: ReturnType<typeof callsOn>;
  let session: SessionRecord;
  let callId: string;
  let startedAt: number;
  let own: Record<string, unknown> | null;
  let children: Record<string, unknown>[];
  let asked: unknown[];
  let told: object[];

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    [own, children, asked] = [null, [], []];
    world = callsOn(database, {
      plivo: {
        getCall: async (_: unknown, uuid: string) => {
          asked.push(uuid);
          return own;
        },
        findCalls: async (_: unknown, search: unknown) => {
          asked.push(search);
          return children;
        },
      },
    });
    session = await world.sessions.open({ first_party: party(1), second_party: party(2), session_expiry: 86_400 });
    startedAt = world.sessions.clock.now();
    const webhook = verified({ ...common, CallStatus: 'ringing' });
    await world.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
    const [call] = await database.read<{ id: string }[]>((manager) => manager.query('SELECT id FROM masked_call'));
    callId = call!.id;
    told = announced(world.sessions.events, [PartyAnswered, PartyHungUp, CallEnded, CallFigured]);
  });

  const verified = (params: Record<string, string>): VerifiedWebhook => ({
    accountId: ACCOUNT,
    nonce: newId(),
    params: new Map(Object.entries(params)),
    contentHash: 'content',
  });
  const common = { CallUUID: A_LEG, From: party(1).slice(1), To: VIRTUAL, Direction: 'inbound' };
  const hangUp = (more: Record<string, string>): Promise<void> => {
    const webhook = verified({ ...common, Event: 'Hangup', CallStatus: 'completed', ...more });
    return world.noteHangup.run(webhook, readHangupWebhook(webhook.params)!);
  };
  const dialled = (DialStatus: string, more: Record<string, string> = {}): Promise<void> => {
    const webhook = verified({ ...common, DialStatus, ...more });
    const path = { sessionId: session.id, callId };
    return world.noteDial.action(webhook, path, readDialAction(webhook.params)!);
  };
  const record = (callUuid: string, more: Record<string, unknown> = {}) => ({
    callUuid,
    parentCallUuid: callUuid === A_LEG ? null : A_LEG,
    direction: callUuid === A_LEG ? 'inbound' : 'outbound',
    from: callUuid === A_LEG ? party(1).slice(1) : VIRTUAL,
    to: callUuid === A_LEG ? VIRTUAL : party(2).slice(1),
    startedAt,
    answeredAt: startedAt + 5000,
    endedAt: startedAt + 35_000,
    durationSeconds: 30,
    billedSeconds: 60,
    amountMicros: 8500,
    hangupCauseCode: 4000,
    hangupCauseName: 'Normal Hangup',
    hangupSource: 'Caller',
    ...more,
  });
  const later = (milliseconds: number): void => world.sessions.clock.advance(milliseconds);
  const reconcile = (): Promise<void> => world.reconcileCall.run(callId);
  const shown = () => world.sessions.findSession.run(OWNER, session.id);
  const reconciledAt = async (): Promise<unknown> =>
    (await database.read<{ at: unknown }[]>((m) => m.query('SELECT reconciled_at AS at FROM masked_call')))[0]?.at;
  const waits = (seconds: number, message: string) => ({ name: 'Defer', seconds, message });

  it('tell of both legs what no webhook told, as webhooks would have', async () => {
    own = record(A_LEG);
    children = [record(B_LEG, { amountMicros: 12_000 })];
    later(35_000 + RECORDS_WITHIN_MS);
    await reconcile();

    expect(asked).toEqual([A_LEG, { parentCallUuid: A_LEG, endedFrom: startedAt - 60_000 }]);
    expect(await shown()).toMatchObject({
      status: 'active',
      total_call_count: 2,
      total_call_amount: 0.0205,
      total_call_billed_duration: 120,
    });
    expect((await shown()).interaction).toMatchObject([
      { first_party_status: 'completed', second_party_status: 'completed', duration: 60 },
    ]);
    expect(told).toEqual([
      new PartyHungUp(ACCOUNT, session.id, callId, 'first', A_LEG),
      new PartyAnswered(ACCOUNT, session.id, callId, 'second'),
      new PartyHungUp(ACCOUNT, session.id, callId, 'second', B_LEG),
      new CallEnded(ACCOUNT, session.id, callId),
      new CallFigured(ACCOUNT, A_LEG, VIRTUAL, 'settled'),
    ]);
    expect(await reconciledAt()).toBe(world.sessions.clock.now());
  });

  it('are not asked for again once they are complete, and change nothing when they are', async () => {
    own = record(A_LEG);
    children = [record(B_LEG)];
    later(35_000 + RECORDS_WITHIN_MS);
    await reconcile();
    const { length } = asked;
    later(1000);
    await reconcile();
    expect([asked.length, await reconciledAt()]).toEqual([length, world.sessions.clock.now() - 1000]);
  });

  it('are asked for every four minutes while the call may be on, and every half after one leg has ended', async () => {
    await expect(reconcile()).rejects.toMatchObject(waits(240, 'no record yet'));
    await hangUp({});
    await expect(reconcile()).rejects.toMatchObject(waits(30, 'no record yet'));
    expect(asked).toEqual([A_LEG, A_LEG]);
  });

  it('are asked for every half minute too while the other leg has only been heard of', async () => {
    await hangUp({});
    await dialled('no-answer', { DialBLegUUID: B_LEG });
    await expect(reconcile()).rejects.toMatchObject(waits(30, 'no record yet'));
  });

  it('are asked for by the job that the answer left, half a minute after the ringing', async () => {
    later(session.settings.ring_timeout * 1000 + 29_999);
    await world.jobs.runDue();
    expect(asked).toEqual([]);
    later(1);
    await world.jobs.runDue();
    expect(asked).toEqual([A_LEG]);
  });

  it('of a call that we placed are figured under the number that it came from', async () => {
    own = record(A_LEG, { direction: 'outbound', from: VIRTUAL, to: party(1).slice(1) });
    children = [record(B_LEG)];
    later(DAY_MS);
    await reconcile();
    expect(told.at(-1)).toEqual(new CallFigured(ACCOUNT, A_LEG, VIRTUAL, 'settled'));
  });

  it('are of one call, whatever other calls the account has', async () => {
    const other = newId();
    await database.transaction((tx) =>
      tx.query(
        `INSERT INTO masked_call (id, account_id, kind, a_leg_uuid, pin_attempts, decision, reason, answer, created_at)
         VALUES ('00000000-other', ?, 'inbound', ?, 0, 'connect', 'party', '', 0)`,
        [ACCOUNT, other],
      ),
    );
    own = record(A_LEG);
    children = [record(B_LEG)];
    later(DAY_MS);
    await reconcile();
    expect(await shown()).toMatchObject({ total_call_count: 2 });
    expect(
      await database.read((m) => m.query('SELECT reconciled_at AS at FROM masked_call WHERE a_leg_uuid = ?', [other])),
    ).toEqual([{ at: null }]);
  });

  it('that tell no length tell of no answer', async () => {
    own = record(A_LEG);
    children = [record(B_LEG, { answeredAt: null, durationSeconds: null, hangupCauseCode: 3000 })];
    later(DAY_MS);
    await expect(reconcile()).rejects.toMatchObject({ name: 'Defer' });
    expect((await shown()).interaction).toMatchObject([{ second_party_status: 'no-answer' }]);
  });

  it('are given up after 25 hours, and the call ends as it is known', async () => {
    later(GIVE_UP_MS - 1);
    await expect(reconcile()).rejects.toMatchObject({ name: 'Defer' });
    later(1);
    await expect(reconcile()).rejects.toMatchObject({ name: 'Park' });
    expect(await reconciledAt()).toBe(world.sessions.clock.now());
    expect(told).toEqual([
      new PartyHungUp(ACCOUNT, session.id, callId, 'first', A_LEG),
      new CallEnded(ACCOUNT, session.id, callId),
      new CallFigured(ACCOUNT, A_LEG, null, 'given-up'),
    ]);
  });

  it('are of a call without another leg, if two minutes after its end there is none', async () => {
    own = record(A_LEG, { durationSeconds: 0, answeredAt: null });
    later(35_000 + RECORDS_WITHIN_MS - 1);
    await expect(reconcile()).rejects.toMatchObject(waits(30, 'a record is still missing'));
    expect(await reconciledAt()).toBeNull();
    expect(told.at(-1)).toEqual(new CallFigured(ACCOUNT, A_LEG, VIRTUAL, 'open'));
    later(1);
    await reconcile();
    expect(await reconciledAt()).toBe(world.sessions.clock.now());
    expect(told.at(-1)).toEqual(new CallFigured(ACCOUNT, A_LEG, VIRTUAL, 'settled'));
  });

  it('are asked for every half minute for an hour after an end, then every four', async () => {
    await dialled('completed');
    own = record(A_LEG);
    later(35_000 + 3_600_000 - 1);
    await expect(reconcile()).rejects.toMatchObject(waits(30, 'a record is still missing'));
    later(1);
    await expect(reconcile()).rejects.toMatchObject(waits(240, 'a record is still missing'));
  });

  it('are not complete without the other leg, where both talked, however long it takes', async () => {
    await dialled('completed');
    own = record(A_LEG);
    later(DAY_MS);
    await expect(reconcile()).rejects.toMatchObject(waits(240, 'a record is still missing'));
    expect(await reconciledAt()).toBeNull();
    children = [record(B_LEG)];
    await reconcile();
    expect(await reconciledAt()).toBe(world.sessions.clock.now());
  });

  it.each([
    ['no price', { amountMicros: null }],
    ['no length', { durationSeconds: null }],
  ])('are waited for while a leg is known that has %s', async (_, missing) => {
    own = record(A_LEG);
    children = [record(B_LEG, missing)];
    later(DAY_MS);
    await expect(reconcile()).rejects.toMatchObject(waits(240, 'a record is still missing'));
    children = [record(B_LEG)];
    await reconcile();
    await expect(reconcile()).resolves.toBeUndefined();
  });

  it('are waited for while a leg is known that has no end', async () => {
    own = record(A_LEG);
    children = [record(B_LEG)];
    later(DAY_MS);
    await dialled('completed', { DialBLegUUID: newId() });
    await expect(reconcile()).rejects.toMatchObject(waits(240, 'a record is still missing'));
  });

  it('are of no refused call, nor of one that nobody knows', async () => {
    await expect(world.reconcileCall.run(newId())).resolves.toBeUndefined();
    await database.transaction((tx) => tx.query("UPDATE masked_call SET decision = 'refuse'"));
    await expect(reconcile()).resolves.toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('are needed for nothing where webhooks told all', async () => {
    await database.transaction((tx) =>
      tx.query(
        `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, side, is_answered, is_connected, is_ended, duration, amount)
         VALUES (?, ?, ?, ?, 'B', 1, 1, 1, 30, 8500)`,
        [ACCOUNT, B_LEG, callId, session.id],
      ),
    );
    await expect(reconcile()).rejects.toMatchObject({ name: 'Defer' });
    await hangUp({ Duration: '30', TotalCost: '0.00850' });
    asked.splice(0);
    await reconcile();
    expect(asked).toEqual([]);
  });

  describe('correct', () => {
    it('what webhooks told of the bill, and announce nothing twice', async () => {
      await hangUp({ Duration: '61', BillDuration: '120', TotalCost: '0.01700' });
      await dialled('completed', { DialBLegUUID: B_LEG });
      told.splice(0);
      own = record(A_LEG);
      children = [record(B_LEG)];
      later(DAY_MS);
      await reconcile();
      expect(await shown()).toMatchObject({ total_call_amount: 0.017, total_call_billed_duration: 120 });
      expect(told).toEqual([
        new PartyHungUp(ACCOUNT, session.id, callId, 'second', B_LEG),
        new CallFigured(ACCOUNT, A_LEG, VIRTUAL, 'settled'),
      ]);
    });

    it.each([
      [{ answeredAt: null, durationSeconds: 0 }, 'no-answer'],
      [{ answeredAt: null, durationSeconds: 1 }, 'completed'],
      [{ durationSeconds: 0 }, 'completed'],
    ])('whether the other party answered: %j', async (more, status) => {
      own = record(A_LEG);
      children = [record(B_LEG, { hangupCauseCode: 3000, ...more })];
      later(DAY_MS);
      await reconcile();
      expect((await shown()).interaction).toMatchObject([{ second_party_status: status }]);
      expect(told.some((event) => event instanceof PartyAnswered)).toBe(status === 'completed');
    });
  });

  it('name the parties of a call of the second by their roles', async () => {
    await database.transaction(async (tx) => {
      await tx.query("UPDATE masked_call SET caller_role = 'second'");
      await tx.query("UPDATE call_leg SET role = 'second'");
    });
    own = record(A_LEG);
    children = [record(B_LEG)];
    later(DAY_MS);
    await reconcile();
    expect(told.slice(0, 3)).toEqual([
      new PartyHungUp(ACCOUNT, session.id, callId, 'second', A_LEG),
      new PartyAnswered(ACCOUNT, session.id, callId, 'first'),
      new PartyHungUp(ACCOUNT, session.id, callId, 'first', B_LEG),
    ]);
    const legs = await database.read((m) => m.query('SELECT side, role FROM call_leg ORDER BY side'));
    expect(legs).toEqual([
      { side: 'A', role: 'second' },
      { side: 'B', role: 'first' },
    ]);
  });
});
