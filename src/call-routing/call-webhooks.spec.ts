import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AnswerWebhook, VerifiedWebhook, WebhookParams } from '../plivo/index.js';
import { readAnswerWebhook, readDialAction, readDialEvent, readHangupWebhook } from '../plivo/index.js';
import { NotBegun, type Database } from '../platform/database/database.js';
import { describeOnEachDatabase } from '../../test/support/database.js';
import { ACCOUNT, addNumbers, clearSessions, digest, party } from '../../test/support/ground.js';
import { callbacksOn } from '../../test/support/callbacks.js';
import { callsOn } from '../../test/support/calls.js';
import { CallEnded, CallStarted, PartyAnswered, PartyHungUp } from './call-routing.events.js';

const A_LEG = 'aaaaaaaa-0000-4000-8000-000000000001';
const B_LEG = 'bbbbbbbb-0000-4000-8000-000000000002';
const VIRTUAL = '12025550000';

const common = {
  CallUUID: A_LEG,
  From: '14155550001',
  To: VIRTUAL,
  Direction: 'inbound',
  SessionStart: '2026-01-05 10:00:00.100000',
};
const answerParams = { ...common, Event: 'StartApp', CallStatus: 'ringing' };
const dialLeg = {
  CallUUID: A_LEG,
  DialALegUUID: A_LEG,
  DialBLegUUID: B_LEG,
  DialBLegFrom: VIRTUAL,
  DialBLegTo: '14155550002',
  SessionStart: common.SessionStart,
};
// The console's zone is five and a half hours ahead; only differences may count.
const dialHangup = {
  ...dialLeg,
  DialAction: 'hangup',
  DialBLegDuration: '31',
  DialBLegBillDuration: '60',
  DialBLegTotalCost: '0.01200',
  DialBLegHangupCause: 'NORMAL_CLEARING',
  DialBLegHangupCauseCode: '4000',
  DialBLegHangupCauseName: 'Normal Hangup',
  DialBLegHangupSource: 'Callee',
  StartTime: '2026-01-05 15:30:01',
  AnswerTime: '2026-01-05 15:30:09',
  EndTime: '2026-01-05 15:30:40',
};
const dialAction = {
  ...common,
  DialStatus: 'completed',
  DialRingStatus: 'true',
  DialHangupCause: 'NORMAL_CLEARING',
  DialALegUUID: A_LEG,
  DialBLegUUID: B_LEG,
};
const hangup = {
  ...common,
  Event: 'Hangup',
  CallStatus: 'completed',
  Duration: '32',
  BillDuration: '60',
  TotalCost: '0.00850',
  HangupCause: 'NORMAL_CLEARING',
  HangupCauseCode: '4000',
  HangupCauseName: 'Normal Hangup',
  HangupSource: 'Callee',
  StartTime: '2026-01-05 15:30:00',
  AnswerTime: '2026-01-05 15:30:09',
  EndTime: '2026-01-05 15:30:41',
};

type Kind = 'answer' | 'dial-answer' | 'dial-connected' | 'dial-hangup' | 'dial-action' | 'hangup';
const KINDS: Kind[] = ['answer', 'dial-answer', 'dial-connected', 'dial-hangup', 'dial-action', 'hangup'];

describeOnEachDatabase("one call's webhooks", (open, kind) => {
  let database: Database;
  let world: ReturnType<typeof worldOn>;
  let nonces = 0;

  beforeAll(async () => {
    ({ database } = await open());
  });
  beforeEach(async () => {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    world = worldOn(database);
  });

  const verified = (params: Record<string, string>, nonce?: string): VerifiedWebhook => {
    nonces += 1;
    const list: WebhookParams = new Map(Object.entries(params));
    return {
      accountId: ACCOUNT,
      nonce: nonce ?? String(nonces),
      params: list,
      contentHash: digest(JSON.stringify(params)),
    };
  };

  const answer = async (params: Record<string, string> = answerParams, nonce?: string): Promise<string> => {
    const webhook = verified(params, nonce);
    return world.answerCall.run(webhook, readAnswerWebhook(webhook.params) as AnswerWebhook, () => true);
  };

  async function send(what: Kind, path: { sessionId: string; callId: string }): Promise<void> {
    // Between any two webhooks time passes; no row may show when one came.
    world.sessions.clock.advance(1777);
    if (what === 'answer') await answer();
    else if (what === 'hangup') {
      const webhook = verified(hangup);
      await world.noteHangup.run(webhook, must(readHangupWebhook(webhook.params)));
    } else if (what === 'dial-action') {
      const webhook = verified(dialAction);
      await world.noteDial.action(webhook, path, must(readDialAction(webhook.params)));
    } else {
      const action = what.slice('dial-'.length);
      const webhook = verified(action === 'hangup' ? dialHangup : { ...dialLeg, DialAction: action });
      await world.noteDial.event(webhook, path, must(readDialEvent(webhook.params)));
    }
  }

  /** Everything stored about calls, without ids and instants of our own making. */
  async function rows(): Promise<unknown> {
    return database.read(async (manager) => ({
      calls: await manager.query(
        'SELECT a_leg_uuid, caller_role, decision, reason, ended_at, dial_status FROM masked_call',
      ),
      legs: await manager.query(
        `SELECT leg_uuid, side, role, started_at, answered_at, ended_at, is_answered, is_connected, is_ended, duration, billed_duration, amount,
           call_status, hangup_cause, hangup_cause_code, hangup_cause_name, hangup_source FROM call_leg ORDER BY leg_uuid`,
      ),
      interactions: await manager.query(
        `SELECT started_at, ended_at, busy_until, first_leg_uuid, second_leg_uuid, first_status, second_status, leg_count, duration, billed_duration,
           amount FROM interaction`,
      ),
    }));
  }

  /** What customers are told; the time of an answer is Plivo's only once the leg has ended. */
  async function callbacks(): Promise<unknown> {
    return (await world.callbacks.stored()).map(({ params }) => ({
      ...params,
      EventTimestamp: null,
      SessionUUID: null,
    }));
  }

  async function play(order: Kind[]): Promise<{ rows: unknown; told: string[]; callbacks: unknown }> {
    await clearSessions(database);
    await addNumbers(database, [VIRTUAL]);
    world = worldOn(database);
    await world.sessions.open({ first_party: party(1), second_party: party(2), callback_url: 'http://127.0.0.1:9/' });
    let path: { sessionId: string; callId: string } | null = null;
    // What was shuffled to a place before our answer comes right after it.
    const waiting: Kind[] = [];
    for (const what of order) {
      if (path === null && what !== 'answer' && what !== 'hangup') waiting.push(what);
      else {
        await send(what, path ?? { sessionId: '', callId: '' });
        if (what === 'answer' && path === null) {
          path = await theCall(database);
          for (const late of waiting.splice(0)) await send(late, path);
        }
      }
    }
    return { rows: await rows(), told: world.told, callbacks: await callbacks() };
  }

  it('connects the first party to the second, the second to the first, and shows each the virtual number only', async () => {
    const session = await world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      call_time_limit: 600,
      ring_timeout: 30,
    });

    const toSecond = await answer();
    await send('hangup', await theCall(database));
    const toFirst = await answer({
      ...answerParams,
      CallUUID: 'cccccccc-0000-4000-8000-000000000003',
      From: '+14155550002',
    });

    for (const [xml, dialled] of [
      [toSecond, '+14155550002'],
      [toFirst, '+14155550001'],
    ] as const) {
      expect(xml).toContain(`callerId="+${VIRTUAL}" callerName="+${VIRTUAL}" timeout="30" timeLimit="600"`);
      expect(xml).toContain(`<Number>${dialled}</Number>`);
      expect(xml).toContain(`/sessions/${session.id}/calls/`);
    }
    expect(toSecond).not.toContain('14155550001');
    expect(toFirst).not.toContain('14155550002');
  });

  describe('refuses politely, dialling nobody', () => {
    it.each([
      ['a SIP address that contains a party', { From: 'sip:14155550001@phone.plivo.com' }],
      ['a national form', { From: '04155550001' }],
      ["other scripts' digits", { From: '١٤١٥٥٥٥٠٠٠١' }],
      ['rubbish', { From: "1415555000'; DROP TABLE masked_call; --" }],
    ])('%s', async (_who, changes) => {
      await world.sessions.open({ first_party: party(1), second_party: party(2) });

      const xml = await answer({ ...answerParams, ...changes });

      expect(xml).toMatch(/^<Response><Speak language="en-US"[^>]*>[^<]+<\/Speak><Hangup\/><\/Response>$/);
    });

    it.each([
      ['a stranger', { From: '14155550077' }],
      ['a withheld caller', { From: 'anonymous' }],
      ['a caller without a number', { From: '' }],
      ['a number that is not ours', { To: '12025559999' }],
    ])('%s, unanswered and without a word', async (_who, changes) => {
      await world.sessions.open({ first_party: party(1), second_party: party(2) });

      expect(await answer({ ...answerParams, ...changes })).toBe('<Response><Hangup reason="rejected"/></Response>');
    });

    it('a party of an expired session, from the very millisecond on', async () => {
      await world.sessions.open({ first_party: party(1), second_party: party(2), session_expiry: 60 });
      world.sessions.clock.advance(59_999);
      expect(await answer()).toContain('<Dial');
      world.sessions.clock.advance(1);

      expect(await answer({ ...answerParams, CallUUID: 'dddddddd-0000-4000-8000-000000000004' })).not.toContain(
        '<Dial',
      );
    });

    it('a party of a deleted session', async () => {
      const session = await world.sessions.open({ first_party: party(1), second_party: party(2) });
      await world.sessions.end(session.id);

      expect(await answer()).not.toContain('<Dial');
    });

    it('a third leg while the session is in conversation', async () => {
      await world.sessions.open({ first_party: party(1), second_party: party(2) });
      await answer();

      const second = await answer({
        ...answerParams,
        CallUUID: 'eeeeeeee-0000-4000-8000-000000000005',
        From: '14155550002',
      });

      expect(second).toContain('busy');
      expect(second).not.toContain('<Dial');
    });
  });

  it.each(['+14155550001', '14155550001', 'tel:+14155550001', ' +1 415 555 0001 '])(
    'knows the party by %s',
    async (from) => {
      await world.sessions.open({ first_party: party(1), second_party: party(2) });

      expect(await answer({ ...answerParams, From: from })).toContain('<Number>+14155550002</Number>');
    },
  );

  it('the same call asking again gets the same bytes, even when the session has changed', async () => {
    const session = await world.sessions.open({ first_party: party(1), second_party: party(2) });
    const first = await answer();
    await world.sessions.end(session.id);

    expect(await answer()).toBe(first);
  });

  it('the same call asking again after its end is told no number, and changes nothing', async () => {
    await world.sessions.open({ first_party: party(1), second_party: party(2) });
    const first = await answer(answerParams, 'captured');
    const path = await theCall(database);
    // Over for the other party, and asked again: the call itself is on.
    await send('dial-hangup', path);
    expect(await answer(answerParams, 'captured')).toBe(first);
    await send('hangup', path);
    const before = await rows();

    for (const nonce of ['captured', 'another']) {
      expect(await answer(answerParams, nonce)).toBe('<Response><Hangup/></Response>');
    }
    expect(await rows()).toEqual(before);
  });

  it('twenty answers of one call at once are one call', async () => {
    await world.sessions.open({ first_party: party(1), second_party: party(2) });

    const answers = await Promise.all(Array.from({ length: 20 }, () => answer()));

    expect(new Set(answers).size).toBe(1);
    expect(await database.read((manager) => manager.query('SELECT COUNT(*) AS n FROM interaction'))).toEqual([
      { n: 1 },
    ]);
  });

  it('both parties calling at once make one conversation; the other is told it is busy', async () => {
    await world.sessions.open({ first_party: party(1), second_party: party(2) });

    const answers = await Promise.all([
      answer(),
      answer({ ...answerParams, CallUUID: 'ffffffff-0000-4000-8000-000000000006', From: '14155550002' }),
    ]);

    expect(answers.filter((xml) => xml.includes('<Dial'))).toHaveLength(1);
  });

  it('a nonce that comes back with other content is refused and changes nothing; with the same content it changes nothing either', async () => {
    await world.sessions.open({ first_party: party(1), second_party: party(2) });
    const xml = await answer(answerParams, 'used');
    const before = await rows();

    await expect(answer({ ...answerParams, From: '14155550002' }, 'used')).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await answer(answerParams, 'used')).toBe(xml);
    expect(await rows()).toEqual(before);
  });

  it('an answer that nobody waits for any more leaves nothing, and is not begun', async () => {
    await world.sessions.open({ first_party: party(1), second_party: party(2) });
    const webhook = verified(answerParams);
    const asked = must(readAnswerWebhook(webhook.params));
    const started: unknown[] = [];
    world.sessions.events.subscribe(CallStarted, async (_, event) => void started.push(event));

    // Gone between the beginning of the answer and its end.
    const needed: number[] = [];
    const isAwaited = (milliseconds: number): boolean => needed.push(milliseconds) === 1;
    await expect(world.answerCall.run(webhook, asked, isAwaited)).rejects.toThrow('too late');
    expect([needed, started.length]).toEqual([[250, 0], 1]);
    expect(await rows()).toEqual({ calls: [], legs: [], interactions: [] });

    await expect(world.answerCall.run(webhook, asked, (milliseconds) => milliseconds < 250)).rejects.toThrow(NotBegun);
    expect(started).toHaveLength(1);
    expect(await rows()).toEqual({ calls: [], legs: [], interactions: [] });
  });

  it('fills the interaction with both legs, by role, as billed', async () => {
    const { told } = await play(KINDS);
    const [session] = (await database.read((manager) => manager.query('SELECT id FROM masking_session'))) as {
      id: string;
    }[];
    const answered = await world.sessions.findSession.run({ accountId: ACCOUNT, subaccountId: null }, must(session).id);

    expect(answered).toMatchObject({
      status: 'active',
      total_call_count: 2,
      total_call_billed_duration: 120,
      total_call_amount: 0.0205,
      total_session_amount: 0.0205,
      last_interaction_time: '2026-01-05 10:00:41 +0000 UTC',
    });
    expect(answered.interaction).toEqual([
      expect.objectContaining({
        start_time: '2026-01-05 10:00:00 +0000 UTC',
        end_time: '2026-01-05 10:00:41 +0000 UTC',
        type: 'call',
        first_party_resource_url: expect.stringContaining(`/Call/${A_LEG}`),
        second_party_resource_url: expect.stringContaining(`/Call/${B_LEG}`),
        recording_resource_url: null,
        total_call_amount: 0.0205,
        call_billed_duration: 120,
        total_call_count: 2,
        duration: 63,
        first_party_status: 'completed',
        second_party_status: 'completed',
      }),
    ]);
    expect(told).toEqual(['call.started', 'party.answered', 'party.hung-up', 'party.hung-up', 'call.ended']);
  });

  it('says in-progress while the call is on, and not for ever when its hang-up is lost', async () => {
    const session = await world.sessions.open({
      first_party: party(1),
      second_party: party(2),
      call_time_limit: 60,
      ring_timeout: 30,
      session_expiry: 3600,
    });
    await answer();
    const status = async () =>
      (await world.sessions.findSession.run({ accountId: ACCOUNT, subaccountId: null }, session.id)).status;

    expect(await status()).toBe('in-progress');
    world.sessions.clock.advance((60 + 30 + 60) * 1000);
    expect(await status()).toBe('active');
    expect(await answer({ ...answerParams, CallUUID: 'abababab-0000-4000-8000-000000000007' })).toContain('<Dial');
  });

  it('holds its session for ring time, call limit and a minute more, to the millisecond, when no end is heard', async () => {
    await world.sessions.open({ first_party: party(1), second_party: party(2), call_time_limit: 60, ring_timeout: 30 });
    await answer();
    const other = (callUuid: string) => answer({ ...answerParams, CallUUID: callUuid, From: '14155550002' });

    world.sessions.clock.advance((30 + 60 + 60) * 1000 - 1);
    expect(await other('abababab-0000-4000-8000-000000000007')).toContain('busy');
    world.sessions.clock.advance(1);
    expect(await other('abababab-0000-4000-8000-000000000008')).toContain('<Dial');
  });

  it('ends in the same rows and announcements in every order', async () => {
    const expected = await play(KINDS);
    expect(expected.callbacks).toHaveLength(6);
    const possible = permutations(KINDS).filter(comesAfterAnAnswer);
    expect(possible).toHaveLength(144);
    const orders = kind === 'sqlite' ? possible : possible.filter((_, index) => index % 2 === 0);

    for (const order of orders) {
      const result = await play(order);
      expect({ order, rows: result.rows }).toEqual({ order, rows: expected.rows });
      expect({ order, callbacks: result.callbacks }).toEqual({ order, callbacks: expected.callbacks });
      expect([...result.told].sort()).toEqual([...expected.told].sort());
    }
  }, 180_000);

  it('ends in the same rows however often each is repeated', async () => {
    const expected = await play(KINDS);
    const repeated = fc
      .array(fc.integer({ min: 1, max: 3 }), { minLength: KINDS.length, maxLength: KINDS.length })
      .chain((times) =>
        fc.shuffledSubarray(
          KINDS.flatMap((what, index) => Array<Kind>(times[index] ?? 1).fill(what)),
          { minLength: times.reduce((sum, n) => sum + n, 0) },
        ),
      );

    await fc.assert(
      fc.asyncProperty(repeated, async (order) => {
        const result = await play(order);
        expect(result.rows).toEqual(expected.rows);
        expect(result.callbacks).toEqual(expected.callbacks);
        expect([...result.told].sort()).toEqual([...expected.told].sort());
      }),
      { numRuns: kind === 'sqlite' ? 300 : 25, seed: 20260105 },
    );
  }, 180_000);
});

function worldOn(database: Database) {
  const calls = callsOn(database);
  const told: string[] = [];
  for (const event of [CallStarted, PartyAnswered, PartyHungUp, CallEnded]) {
    calls.sessions.events.subscribe(event as typeof CallStarted, async () => void told.push(event.eventName));
  }
  return { ...calls, told, callbacks: callbacksOn(database, calls) };
}

async function theCall(database: Database): Promise<{ sessionId: string; callId: string }> {
  const [call] = (await database.read((manager) =>
    manager.query("SELECT id, session_id FROM masked_call WHERE decision = 'connect'"),
  )) as {
    id: string;
    session_id: string;
  }[];
  return { sessionId: must(call).session_id, callId: must(call).id };
}

function must<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('expected a value');
  return value;
}

/** Dial webhooks carry what our answer gave Plivo, so none can come before it; a hang-up can. */
function comesAfterAnAnswer(order: Kind[]): boolean {
  return order.every((what, index) => !what.startsWith('dial-') || order.indexOf('answer') < index);
}

function permutations<T>(items: T[]): T[][] {
  if (items.length <= 1) return [items];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}
