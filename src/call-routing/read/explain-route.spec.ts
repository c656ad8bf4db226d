import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { callsOn } from '../../../test/support/calls.js';
import { addNumbers, clearSessions, party, usNumbers, ACCOUNT } from '../../../test/support/ground.js';
import { readAnswerWebhook, type AnswerWebhook } from '../../plivo/index.js';
import type { E164 } from '../../telephony/phone.js';
import type { AnswerCall } from '../answer/answer-call.js';
import { ExplainRoute } from './explain-route.js';

const [VIRTUAL = '', UNUSED = ''] = usNumbers(2);
const PIN = {
  is_pin_authentication_required: true,
  first_party_pin: '1234',
  second_party_pin: '5678',
  pin_prompt_play: 'https://files.example/prompt.mp3',
};
const SINGLE = { first_party: party(1), create_session_with_single_party: true };
const PAIR = { first_party: party(1), second_party: party(2) };

describeOnEachDatabase('the dry run of a call', (open) => {
  let test: TestDatabase;
  let calls: ReturnType<typeof callsOn>;
  let explainRoute: ExplainRoute;
  let nonces = 0;

  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    await clearSessions(test.database);
    await addNumbers(test.database, [VIRTUAL]);
    calls = callsOn(test.database);
    explainRoute = new ExplainRoute(test.database, calls.settings, calls.answerCall, calls.sessions.config);
  });

  const explain = (caller: string, virtualNumber = VIRTUAL) =>
    explainRoute.run({ virtualNumber: virtualNumber as E164, caller });

  /** Rings for real; what was decided is read from the call's row. */
  async function ring(caller: string): Promise<{ decision: string; session_id: string | null }> {
    nonces += 1;
    const callUuid = `cccccccc-0000-4000-8000-${String(nonces).padStart(12, '0')}`;
    const params = new Map(
      Object.entries({ CallUUID: callUuid, From: caller, To: VIRTUAL, Direction: 'inbound', CallStatus: 'ringing' }),
    );
    const webhook = { accountId: ACCOUNT, nonce: `nonce-${nonces}`, contentHash: callUuid, params };
    await calls.answerCall.run(webhook, readAnswerWebhook(params) as AnswerWebhook, () => true);
    const [call] = await test.dataSource.query<{ decision: string; session_id: string | null }[]>(
      'SELECT decision, session_id FROM masked_call WHERE a_leg_uuid = ?',
      [callUuid],
    );
    return call!;
  }

  async function everything(): Promise<unknown> {
    const tables: Record<string, unknown> = {};
    for (const { tableName } of test.dataSource.entityMetadatas)
      tables[tableName] = await test.dataSource.query(`SELECT * FROM ${tableName}`);
    return tables;
  }

  it('tells both parties of a session whom they would reach', async () => {
    const session = await calls.sessions.open(PAIR);
    const reached = { decision: 'connect', sessionId: session.id };
    const reason = 'The caller is a party of a live session on this number.';
    expect(await explain(party(1))).toEqual({ ...reached, dial: party(2).slice(1), reason });
    expect(await explain(party(2))).toEqual({ ...reached, dial: party(1).slice(1), reason });
  });

  it('reads the caller as live calls do', async () => {
    await calls.sessions.open(PAIR);
    expect(await explain(` tel:${party(1)}`)).toMatchObject({ decision: 'connect' });
    const noNumber = 'The caller shows no telephone number, so it cannot be registered for this one.';
    const unreadable =
      'The caller shows something that is no international number (a national form, letters or a SIP address), so it cannot be registered for this one.';
    for (const [shown, reason] of [
      ['anonymous', noNumber],
      ['', noNumber],
      ['sip:asha@phones.example', unreadable],
      ['٤١٥', unreadable],
    ] as const)
      expect(await explain(shown)).toEqual({ decision: 'refuse', sessionId: null, dial: null, reason });
  });

  it('refuses a number that is in no pool, and says so', async () => {
    expect(await explain(party(1), UNUSED)).toEqual({
      decision: 'refuse',
      sessionId: null,
      dial: null,
      reason: 'This number is in no pool.',
    });
  });

  it('sees that another conversation is on', async () => {
    await calls.sessions.open(PAIR);
    await ring(party(1));
    expect(await explain(party(2))).toMatchObject({
      decision: 'refuse',
      sessionId: null,
      reason: 'Another conversation or requested call of the session is on.',
    });
  });

  it("follows the account's own destination rules", async () => {
    await calls.sessions.open(PAIR);
    const { settings } = calls;
    const strict = { ...(await settings.of(ACCOUNT)), allowed_countries: ['GB'] };
    const abroad = new ExplainRoute(
      test.database,
      Object.assign(Object.create(settings), { of: async () => strict }),
      calls.answerCall,
      calls.sessions.config,
    );
    expect(await abroad.run({ virtualNumber: VIRTUAL as E164, caller: party(1) })).toMatchObject({
      decision: 'refuse',
      dial: null,
      reason:
        "Calls to the other party's number are not allowed: not among the account's allowed_countries, or of a kind that is never dialled.",
    });
  });

  it('stops at the instant of the expiry', async () => {
    await calls.sessions.open({ ...PAIR, session_expiry: 60 });
    calls.sessions.clock.advance(59_999);
    expect(await explain(party(1))).toMatchObject({ decision: 'connect' });
    calls.sessions.clock.advance(1);
    expect(await explain(party(1))).toMatchObject({
      decision: 'refuse',
      reason: 'The caller is not registered for this number.',
    });
  });

  it.each([
    ['04155550001', 'no international number'],
    ['sip:14155550001@phone.plivo.com', 'no international number'],
    ['front desk', 'no international number'],
    ['', 'shows no telephone number'],
    ['anonymous', 'shows no telephone number'],
    ['sip:anonymous@anonymous.invalid', 'shows no telephone number'],
    ['Restricted', 'shows no telephone number'],
    ['266696687', 'shows no telephone number'],
  ])('says what is wrong with a caller shown as %p', async (caller, reason) => {
    await calls.sessions.open(PAIR);
    expect(await explain(caller)).toMatchObject({ decision: 'refuse', reason: expect.stringContaining(reason) });
  });

  it.each([
    ['a party', PAIR, party(1), 'connect'],
    ['a stranger', PAIR, party(3), 'refuse'],
    ['a withheld number', PAIR, 'anonymous', 'refuse'],
    ['a national form', PAIR, '04155550001', 'refuse'],
    ['a stranger with a file', { ...PAIR, unknown_caller_play: 'https://files.example/who.mp3' }, party(3), 'play'],
    ['a stranger with a PIN', { ...PAIR, ...PIN }, party(3), 'ask-pin'],
    ['a forced PIN', { ...PAIR, ...PIN, force_pin_authentication: true }, party(1), 'ask-pin'],
    ['a stranger to an open session', SINGLE, party(3), 'connect'],
    ['an open session nobody called', SINGLE, party(1), 'refuse'],
  ])('decides as the live call does, and changes no row of any table: %s', async (_, session, caller, decision) => {
    const { id } = await calls.sessions.open(session);
    const before = await everything();

    const explained = await explain(caller);

    expect(await everything()).toEqual(before);
    const live = await ring(caller);
    expect(explained.decision).toBe(decision);
    expect(live.decision).toBe(decision);
    expect(explained.sessionId).toBe(decision === 'connect' ? id : null);
    expect(explained.dial === null).toBe(decision !== 'connect');
    expect(explained.reason).toMatch(/^[A-Z].*\.$/);
  });

  it('finds the last caller of an open session for its registered party, once that call is over', async () => {
    const session = await calls.sessions.open({ ...SINGLE, session_expiry: 7200 });
    await ring(party(3));
    expect(await explain(party(1))).toMatchObject({ decision: 'refuse' });
    // Past the longest that a call without news may hold its session.
    calls.sessions.clock.advance(3_800_000);
    expect(await explain(party(1))).toEqual({
      decision: 'connect',
      sessionId: session.id,
      dial: party(3).slice(1),
      reason: 'The session has no other party yet, so its registered party reaches whoever called last.',
    });
  });

  it('leaves nothing behind even if the decision came to write', async () => {
    const session = await calls.sessions.open(PAIR);
    const writing = Object.assign(Object.create(calls.answerCall) as AnswerCall, {
      decide: async (...asked: Parameters<AnswerCall['decide']>) => {
        await asked[0].query('UPDATE masking_session SET expires_at = 0 WHERE id = ?', [session.id]);
        await asked[0].query('DELETE FROM number_assignment');
        return { decision: { decision: 'refuse', reason: 'expired', seat: null }, caller: null };
      },
    });
    const before = await everything();

    const explained = await new ExplainRoute(test.database, calls.settings, writing, calls.sessions.config).run({
      virtualNumber: VIRTUAL as E164,
      caller: party(1),
    });

    expect(explained.reason).toBe('The session has ended.');
    expect(await everything()).toEqual(before);
  });

  it('passes on what goes wrong', async () => {
    const broken = Object.assign(Object.create(calls.answerCall) as AnswerCall, {
      decide: async () => {
        throw new Error('no connection');
      },
    });
    const explaining = new ExplainRoute(test.database, calls.settings, broken, calls.sessions.config);
    await expect(explaining.run({ virtualNumber: VIRTUAL as E164, caller: '' })).rejects.toThrow('no connection');
  });
});
