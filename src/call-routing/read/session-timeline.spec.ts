import { beforeAll, beforeEach, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { callsOn } from '../../../test/support/calls.js';
import { ACCOUNT, addNumbers, clearSessions, party, usNumbers } from '../../../test/support/ground.js';
import { readAnswerWebhook, readDialEvent, readGatheredDigits, readHangupWebhook } from '../../plivo/index.js';
import type { SessionRecord } from '../../sessions/index.js';
import { newId } from '../../platform/ids.js';
import { CallRequest } from '../call-request.entity.js';
import { SessionTimeline } from './session-timeline.js';

const [VIRTUAL = ''] = usNumbers(1);
const PAIR = { first_party: party(1), second_party: party(2), session_expiry: 3600 };
const PIN = {
  is_pin_authentication_required: true,
  first_party_pin: '1234',
  second_party_pin: '5678',
  pin_retry: 2,
  pin_prompt_play: 'https://files.example/prompt.mp3',
};
const uuid = (letter: string): string => `${letter.repeat(8)}-0000-4000-8000-000000000001`;

describeOnEachDatabase("a session's timeline", (open) => {
  let test: TestDatabase;
  let calls: ReturnType<typeof callsOn>;
  let nonces = 0;
  let startedAt: number;

  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    await clearSessions(test.database);
    await addNumbers(test.database, [VIRTUAL]);
    calls = callsOn(test.database);
    startedAt = calls.sessions.clock.now();
  });

  const verified = (params: Record<string, string>) => {
    nonces += 1;
    return { accountId: ACCOUNT, nonce: `nonce-${nonces}`, contentHash: '', params: new Map(Object.entries(params)) };
  };
  const plivoTime = (): string => new Date(calls.sessions.clock.now()).toISOString().slice(0, 19).replace('T', ' ');
  const wait = (seconds: number): void => calls.sessions.clock.advance(seconds * 1000);

  async function ring(from: string, callUuid = uuid('a')): Promise<string> {
    const webhook = verified({
      CallUUID: callUuid,
      From: from,
      To: VIRTUAL,
      Direction: 'inbound',
      CallStatus: 'ringing',
    });
    await calls.answerCall.run(webhook, readAnswerWebhook(webhook.params)!, () => true);
    const [call] = await test.dataSource.query<{ id: string }[]>('SELECT id FROM masked_call WHERE a_leg_uuid = ?', [
      callUuid,
    ]);
    return call!.id;
  }
  async function type(callId: string, attempt: number, digits: string, from = party(3)): Promise<void> {
    const webhook = verified({ CallUUID: uuid('a'), From: from, To: VIRTUAL, Direction: 'inbound', Digits: digits });
    await calls.answerDigits.run(webhook, callId, attempt, readGatheredDigits(webhook.params)!, () => true);
  }
  async function dial(session: SessionRecord, callId: string, action: string, more: Record<string, string> = {}) {
    const leg = { CallUUID: uuid('a'), DialALegUUID: uuid('a'), DialBLegUUID: uuid('b'), DialBLegTo: party(2) };
    const webhook = verified({ ...leg, DialAction: action, ...more });
    await calls.noteDial.event(webhook, { sessionId: session.id, callId }, readDialEvent(webhook.params)!);
  }
  async function hangUp(more: Record<string, string> = {}): Promise<void> {
    const webhook = verified({
      CallUUID: uuid('a'),
      From: party(1),
      To: VIRTUAL,
      Direction: 'inbound',
      CallStatus: 'completed',
      HangupCauseCode: '4000',
      Event: 'Hangup',
      ...more,
    });
    await calls.noteHangup.run(webhook, readHangupWebhook(webhook.params)!);
  }

  /** The entries as text: seconds since the start, what and why. */
  async function told({ id }: SessionRecord): Promise<string[]> {
    const timeline = new SessionTimeline(calls.sessions.clock, test.database);
    const session = await test.database.transaction((tx) => calls.sessions.findSessionById.run(tx, ACCOUNT, id));
    const entries = await test.database.read((manager) => timeline.run(manager, session!));
    return entries.map(
      ({ at, what, why }) => `${(at - startedAt) / 1000} ${what}${why === undefined ? '' : `: ${why}`}`,
    );
  }

  it('tells of a session without calls that it was opened and will expire', async () => {
    const session = await calls.sessions.open(PAIR);
    expect(await told(session)).toEqual(['0 the session was opened', '3600 the session will expire']);
  });

  it('tells a conversation from the call to both hang-ups', async () => {
    const session = await calls.sessions.open(PAIR);
    wait(10);
    const callId = await ring(party(1));
    const startTime = plivoTime();
    wait(5);
    const answerTime = plivoTime();
    await dial(session, callId, 'answer');
    wait(42);
    const times = { StartTime: startTime, AnswerTime: answerTime, EndTime: plivoTime() };
    const end = { DialBLegDuration: '42', DialBLegBillDuration: '60', DialBLegTotalCost: '0.01' };
    await dial(session, callId, 'hangup', { ...times, ...end, DialBLegHangupCauseCode: '4000' });
    await hangUp({ ...times, SessionStart: `${startTime}.000000`, Duration: '47', HangupCauseCode: '4010' });

    expect(await told(session)).toEqual([
      '0 the session was opened',
      '10 the first party called; the second party was dialled: the caller is a party of a live session on this number',
      '15 the second party answered',
      '57 the leg of the caller ended: the instructions for the call ended',
      '57 the leg of the second party ended: somebody hung up',
      '3600 the session will expire',
    ]);
  });

  it('tells why nobody was reached', async () => {
    const session = await calls.sessions.open(PAIR);
    const callId = await ring(party(2));
    wait(20);
    await dial(session, callId, 'hangup', { DialBLegHangupCauseCode: '3010' });
    const lines = await told(session);
    expect(lines[1]).toBe(
      '0 the second party called; the first party was dialled: the caller is a party of a live session on this number',
    );
    expect(lines).toContain('0 the leg of the first party ended: the line was busy');
    expect(lines.join()).not.toContain('answered');
  });

  it('tells who was refused, and why', async () => {
    const session = await calls.sessions.open(PAIR);
    await ring(party(1));
    wait(1);
    await ring(party(2), uuid('c'));
    expect(await told(session)).toContain(
      '1 the second party called; the caller was refused: another conversation or requested call of the session is on',
    );
  });

  it('tells of wrong PINs and of the right one', async () => {
    const session = await calls.sessions.open({ ...PAIR, ...PIN });
    const callId = await ring(party(3));
    expect(await told(session)).toContain(
      '0 somebody called; the caller was asked for a PIN: the caller is not registered, and a live session on this number lets such callers in by PIN',
    );
    wait(5);
    await type(callId, 1, '0000');
    wait(5);
    await type(callId, 2, '1234');
    expect(await told(session)).toEqual([
      '0 the session was opened',
      '0 somebody called as the first party; after 2 attempts at a PIN the second party was dialled: the caller typed the PIN of a party',
      '5 a wrong PIN was entered',
      '3600 the session will expire',
    ]);
  });

  it('keeps a call that never found the right PIN', async () => {
    const session = await calls.sessions.open({ ...PAIR, ...PIN, pin_retry: 0 });
    await type(await ring(party(3)), 1, '0000');
    expect(await told(session)).toContain(
      '0 somebody called; after 1 attempt at a PIN the caller was refused: no right PIN was entered',
    );
  });

  it('calls a registered party by its role, when it is asked for its PIN too', async () => {
    const session = await calls.sessions.open({ ...PAIR, ...PIN, force_pin_authentication: true });
    await ring(party(1));
    expect((await told(session))[1]).toBe(
      '0 the first party called; the caller was asked for a PIN: the caller is registered, and its session asks registered callers for their PIN too',
    );
  });

  it('tells of strangers in an open session by the part they play', async () => {
    const single = { first_party: party(1), create_session_with_single_party: true, session_expiry: 3600 };
    const session = await calls.sessions.open(single);
    await ring(party(3));
    expect((await told(session))[1]).toMatch(/^0 somebody called as the second party; the first party was dialled: /);
  });

  it.each([
    ['wanted', null, null, []],
    [
      'wanted',
      'provider-unavailable',
      2,
      ['2 Plivo did not place the requested call yet: Plivo could not be reached; it is asked again'],
    ],
    ['placing', null, 2, ['2 Plivo was asked to place the requested call']],
    ['placed', 'unconfirmed', 2, ['2 Plivo placed the requested call']],
    [
      'over',
      'found',
      2,
      ["2 Plivo placed the requested call: Plivo did not say so, but the call is among Plivo's calls"],
    ],
    ['failed', 'busy', null, ['1 the requested call was given up: a conversation of the session was on']],
    ['failed', 'refused-402', 2, ['2 the requested call was given up: Plivo refused with status 402']],
    ['failed', 'a later word', 2, ['2 the requested call was given up: a later word']],
  ] as const)('tells of a requested call that is %s (%s)', async (status, reason, placedAfter, expected) => {
    const session = await calls.sessions.open(PAIR);
    await test.dataSource.manager.insert(CallRequest, {
      id: newId(),
      accountId: ACCOUNT,
      sessionId: session.id,
      status,
      reason,
      createdAt: startedAt + 1000,
      placedAt: placedAfter === null ? null : startedAt + placedAfter * 1000,
      pendingUntil: 0,
    });
    expect((await told(session)).slice(1, -1)).toEqual(['1 a call to the first party was requested', ...expected]);
  });

  it('tells how a session ended', async () => {
    const [expired, ended] = [
      await calls.sessions.open(PAIR),
      await calls.sessions.open({ ...PAIR, first_party: party(4), second_party: party(5) }),
    ];
    wait(100);
    await calls.sessions.end(ended.id);
    expect((await told(ended)).at(-1)).toBe('100 the session was ended: its end was requested');
    wait(3500);
    // Before the tick has recorded it, and after.
    expect((await told(expired)).at(-1)).toBe('3600 the session expired: its time was over');
    await calls.sessions.expireDue.run();
    expect((await told(expired)).at(-1)).toBe('3600 the session expired: its time was over');
  });

  it('tells of the last change', async () => {
    const session = await calls.sessions.open(PAIR);
    wait(60);
    await calls.sessions.update(session.id, { ring_timeout: 20 });
    expect(await told(session)).toContain('60 the session was last changed or renewed');
  });

  it('names no number', async () => {
    const session = await calls.sessions.open(PAIR);
    await dial(session, await ring(party(1)), 'hangup', { DialBLegHangupCauseCode: '3010' });
    await hangUp();
    const text = (await told(session)).join('\n');
    for (const number of [party(1), party(2), VIRTUAL]) expect(text).not.toContain(number.replace('+', ''));
  });
});
