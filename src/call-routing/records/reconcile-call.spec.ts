import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ProviderUnavailable,
  readAnswerWebhook,
  readDialAction,
  type CallRecord,
  type VerifiedWebhook,
} from '../../plivo/index.js';
import { CountCall } from '../../billing-stats/count-call.js';
import { HOUR_MS } from '../../platform/clock.js';
import type { Database } from '../../platform/database/database.js';
import { callbacksOn } from '../../../test/support/callbacks.js';
import { callsOn } from '../../../test/support/calls.js';
import { describeOnEachDatabase } from '../../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, digest, party, usNumbers } from '../../../test/support/ground.js';

const [VIRTUAL = ''] = usNumbers(1);
const A_LEG = 'aaaaaaaa-0000-4000-8000-000000000001';
const ANSWER = { CallUUID: A_LEG, From: party(1).slice(1), To: VIRTUAL, Direction: 'inbound', CallStatus: 'ringing' };
const B_LEG = 'bbbbbbbb-0000-4000-8000-000000000002';

describeOnEachDatabase('a call whose end no webhook told', (open) => {
  let database: Database;
  let world: ReturnType<typeof callsOn> & { callbacks: ReturnType<typeof callbacksOn> };
  let plivo: { getCall: () => Promise<CallRecord | null>; findCalls: () => Promise<CallRecord[]> };
  let questions: number;
  /** With whose credentials Plivo was asked. */
  let askedAs: Set<string>;
  let nonces = 0;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await database.transaction((tx) => tx.query('DELETE FROM job'));
    await addNumbers(database, [VIRTUAL]);
    questions = 0;
    askedAs = new Set();
    plivo = { getCall: async () => null, findCalls: async () => [] };
    const client = {
      getCall: ({ authId }: { authId: string }) => {
        questions += 1;
        askedAs.add(authId);
        return plivo.getCall();
      },
      findCalls: ({ authId }: { authId: string }) => {
        askedAs.add(authId);
        return plivo.findCalls();
      },
    };
    const calls = callsOn(database, { plivo: client });
    world = { ...calls, callbacks: callbacksOn(database, calls) };
    const { clock, events } = calls.sessions;
    new CountCall(database, clock, events, calls.settings, calls.spend).onModuleInit();
    await world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      callback_url: 'http://127.0.0.1:9/',
    });
  });

  const verified = (params: Record<string, string>): VerifiedWebhook => ({
    accountId: ACCOUNT,
    nonce: String((nonces += 1)),
    params: new Map(Object.entries(params)),
    contentHash: digest(JSON.stringify(params)),
  });

  async function connect(): Promise<{ callId: string; sessionId: string }> {
    const webhook = verified(ANSWER);
    const xml = await world.answerCall.run(webhook, must(readAnswerWebhook(webhook.params)), () => true);
    const [, sessionId = '', callId = ''] = must(/sessions\/([0-9a-f-]{36})\/calls\/([0-9a-f-]{36})\//.exec(xml));
    return { callId, sessionId };
  }

  async function talked(path: { callId: string; sessionId: string }): Promise<void> {
    const dial = { ...ANSWER, DialStatus: 'completed', DialALegUUID: A_LEG, DialBLegUUID: B_LEG };
    const webhook = verified(dial);
    await world.noteDial.action(webhook, path, must(readDialAction(webhook.params)));
  }

  /** The instant after which nothing asks any more, in hours from the call. */
  async function endOfQuestions(): Promise<number> {
    const begunAt = world.sessions.clock.now();
    for (let minutes = 0; minutes < 40 * 60; minutes += 30) {
      world.sessions.clock.advance(1_800_000);
      await world.jobs.runDue();
      const waiting: unknown[] = await database.read((manager) =>
        manager.query("SELECT 1 FROM job WHERE kind = 'calls.reconcile' AND status = 'waiting'"),
      );
      if (waiting.length === 0) return (world.sessions.clock.now() - begunAt) / HOUR_MS;
    }
    throw new Error('Plivo is asked for ever');
  }

  const told = async (): Promise<string[]> => (await world.callbacks.stored()).map(({ event }) => event);
  const conversation = (): Promise<unknown> =>
    database.read((manager) =>
      manager.query(
        'SELECT interaction.ended_at IS NOT NULL AS is_ended, reconciled_at FROM interaction JOIN masked_call USING (id)',
      ),
    );

  const record = (facts: Partial<CallRecord> = {}): CallRecord => ({
    callUuid: A_LEG,
    parentCallUuid: null,
    direction: 'inbound',
    from: party(1).slice(1),
    to: VIRTUAL,
    startedAt: world.sessions.clock.now(),
    answeredAt: world.sessions.clock.now(),
    endedAt: world.sessions.clock.now(),
    durationSeconds: 30,
    billedSeconds: 60,
    amountMicros: 8500,
    hangupCauseCode: 4000,
    hangupCauseName: 'Normal Hangup',
    hangupSource: 'Caller',
    ...facts,
  });

  const away = async (): Promise<never> => {
    throw new ProviderUnavailable('503');
  };

  describe.each<[string, () => Promise<void>]>([
    ['of which Plivo never has a record', async () => void (await connect())],
    [
      'whose other leg never gets a record',
      async () => {
        await talked(await connect());
        const own = record();
        plivo.getCall = async () => own;
      },
    ],
    [
      'while Plivo does not answer',
      async () => {
        await connect();
        plivo.getCall = away;
      },
    ],
    [
      'whose legs cannot be listed',
      async () => {
        await talked(await connect());
        const own = record();
        plivo.getCall = async () => own;
        plivo.findCalls = away;
      },
    ],
    [
      'whose record never gets a price',
      async () => {
        await connect();
        const own = record({ amountMicros: null });
        plivo.getCall = async () => own;
      },
    ],
  ])('%s', (_what, happens) => {
    it('is given up between 25 and 26 hours after it began: told, ended, its money final', async () => {
      await database.transaction((tx) =>
        tx.query(
          "INSERT INTO account (auth_id, name, plivo_auth_id, plivo_auth_token, created_at) VALUES (?, 'x', 'x', 'x', 0)",
          [ACCOUNT],
        ),
      );
      await database.transaction((tx) =>
        world.settings.change(tx, ACCOUNT, { daily_spend_cap: '1000', max_rate_per_minute: '0.02' }),
      );
      await happens();

      const hours = await endOfQuestions();

      expect(hours).toBeGreaterThan(24.9);
      expect(hours).toBeLessThanOrEqual(26);
      expect(questions).toBeLessThan(900);
      expect(await told()).toEqual(expect.arrayContaining(['SessionFirstPartyHangup', 'SessionPartiesHangup']));
      expect(await conversation()).toMatchObject([{ is_ended: 1 }]);
      const reserved: unknown[] = await database.read((manager) =>
        manager.query('SELECT holder FROM spend_reservation'),
      );
      expect(reserved).toEqual([]);
    });
  });

  it('is settled as soon as the records say so, and asked for no more', async () => {
    await connect();
    const own = record();
    plivo.getCall = async () => own;

    expect(await endOfQuestions()).toBeLessThan(1);
    expect(questions).toBeLessThan(5);
    expect([...askedAs]).toEqual(['MA']);
  });

  it('of a subaccount is asked for with its credentials, and its legs are the subaccount’s', async () => {
    const subaccount = 'SASUBSUBSUBSUBSUB000';
    const { sessionId } = await connect();
    await database.transaction((tx) =>
      tx.query('UPDATE masking_session SET subaccount_id = ? WHERE id = ?', [subaccount, sessionId]),
    );
    const own = record();
    const dialled = record({ callUuid: B_LEG, parentCallUuid: A_LEG });
    plivo.getCall = async () => own;
    plivo.findCalls = async () => [dialled];

    await endOfQuestions();
    expect([...askedAs]).toEqual([subaccount]);
    const legs = await database.read((manager) =>
      manager.query('SELECT leg_uuid, subaccount_id FROM call_leg ORDER BY leg_uuid'),
    );
    expect(legs).toContainEqual({ leg_uuid: B_LEG, subaccount_id: subaccount });
  });
});

function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('expected a value');
  return value;
}
