import { describe, expect, it } from '@jest/globals';
import type { Leg } from './legs.js';
import { legInWords, outcomeOf, whyDecided, type DecidedCall } from './call-outcome.js';
import { NOTHING_KNOWN } from './join-facts.js';

const call = (known: Partial<DecidedCall> = {}): DecidedCall => ({
  decision: 'connect',
  reason: 'party',
  endedAt: 60_000,
  dialStatus: null,
  ...known,
});
const leg = (side: 'A' | 'B', known: Partial<Leg> = {}): Leg => ({
  ...NOTHING_KNOWN,
  accountId: 'MA',
  legUuid: side,
  callId: 'call',
  sessionId: 'session',
  subaccountId: null,
  side,
  role: side === 'A' ? 'first' : 'second',
  ...known,
});
const ended = { isEnded: true };
const outcome = (known: Partial<DecidedCall>, ...legs: Leg[]): string => outcomeOf(call(known), legs).reason;
const word = (known: Partial<DecidedCall>, ...legs: Leg[]) => outcomeOf(call(known), legs).outcome;

describe("a call's outcome in words", () => {
  it('says how long the parties talked', () => {
    const talked = leg('B', { ...ended, isAnswered: true, duration: 42 });
    expect(outcome({}, leg('A', ended), talked)).toBe('connected, talked 42 s');
  });

  it('does not need the news of the answer, when a length is known', () => {
    expect(outcome({}, leg('B', { ...ended, duration: 5 }))).toBe('connected, talked 5 s');
  });

  it('says connected while the length is not known', () => {
    expect(outcome({}, leg('B', { isAnswered: true }))).toBe('connected');
    expect(outcome({ dialStatus: 'completed' })).toBe('connected');
  });

  it('tells of the leg that was answered, when several were dialled', () => {
    const missed = leg('B', { ...ended, legUuid: 'B0', hangupCauseCode: 3010 });
    expect(outcome({}, leg('B', { ...ended, isAnswered: true, duration: 7 }), missed)).toBe('connected, talked 7 s');
  });

  it.each([
    [3010, 'the other party was busy'],
    [3020, 'the other party declined the call'],
    [3000, 'the other party did not answer'],
    [6010, 'the other party did not answer in time'],
    [1000, 'the call was given up before the other party answered'],
    [3050, 'the other party could not be reached (the dialled number does not exist)'],
  ])('says why nobody was reached: %s', (hangupCauseCode, words) => {
    expect(outcome({}, leg('A', ended), leg('B', { ...ended, hangupCauseCode }))).toBe(`not connected: ${words}`);
  });

  it('takes the word of the dial action where no leg is known', () => {
    expect(outcome({ dialStatus: 'busy' }, leg('A', ended))).toBe('not connected: the other party was busy');
    expect(outcome({ dialStatus: 'failed' })).toBe('not connected: the other party could not be reached');
  });

  it('knows a caller that hung up before anybody was rung', () => {
    const words = 'not connected: the call was given up before the other party answered';
    expect(outcome({}, leg('A', ended))).toBe(words);
  });

  it('knows a callee that was never connected because Plivo waited for a key, however long that took', () => {
    const waited = leg('B', { ...ended, isAnswered: true, duration: 120, hangupCauseCode: 9110 });
    expect(outcome({}, leg('A', ended), waited)).toMatch(
      /^not connected: the other party answered and heard its file, but .* CALLEE_SOUND=off/,
    );
  });

  it.each([
    [7022, 'our action URL was not valid'],
    [8011, 'our answer was not valid XML'],
  ])('says what of ours ended a call before anybody was rung: %s', (hangupCauseCode, words) => {
    const faulty = leg('A', { ...ended, hangupCauseCode });
    expect(outcome({}, faulty)).toBe(`not connected: ${words}`);
    expect(outcome({ decision: 'ask-pin', reason: 'pin' }, faulty)).toBe(`not connected: ${words}`);
    // Once somebody was dialled the other leg says more.
    const busy = leg('B', { ...ended, hangupCauseCode: 3010 });
    expect(outcome({}, faulty, busy)).toBe('not connected: the other party was busy');
  });

  it.each([6020, 9000])('takes %s of the caller for no fault of ours', (hangupCauseCode) => {
    expect(outcome({}, leg('A', { ...ended, hangupCauseCode }))).toMatch(/given up/);
  });

  it('says what a call that is on waits for', () => {
    const on = { endedAt: null };
    expect(outcome(on)).toBe('in progress: the other party is being called');
    expect(outcome(on, leg('B'))).toBe('in progress: the other party is being called');
    expect(outcome(on, leg('B', { isAnswered: true }))).toBe('in progress: the other party has answered');
    expect(outcome({ ...on, decision: 'ask-pin' })).toBe('in progress: the caller is asked for a PIN');
  });

  it('says why a caller was refused', () => {
    const refused = (reason: string) => outcome({ decision: 'refuse', reason });
    expect(refused('stranger')).toBe('refused: the caller is not registered for this number');
    expect(refused('busy')).toBe('refused: another conversation or requested call of the session is on');
    expect(refused('a word of a later version')).toBe('refused: the reason is not known');
  });

  it('says that a refused caller was handed on', () => {
    expect(outcome({ decision: 'redirect', reason: 'stranger' })).toBe(
      "refused: the caller is not registered for this number; the call is handed on to the account's unrouted_url",
    );
    for (const reason of ['withheld', 'unreadable', 'expired'])
      expect(outcome({ decision: 'redirect', reason })).toMatch(/^refused: the .*; the call is handed on/);
  });

  it('says how a requested call failed to reach the first party', () => {
    const unanswered = { decision: 'refuse', reason: 'unanswered' } as const;
    expect(outcome(unanswered, leg('A', { ...ended, hangupCauseCode: 3010 }))).toBe(
      'not connected: the first party was busy',
    );
    expect(outcome(unanswered, leg('A', { ...ended, callStatus: 'no-answer' }))).toBe(
      'not connected: the first party did not answer',
    );
  });

  it('tells calls that ended at the PIN prompt or at a file', () => {
    expect(outcome({ decision: 'ask-pin', reason: 'pin' })).toBe(
      'not connected: the caller hung up before a right PIN was entered',
    );
    expect(outcome({ decision: 'play', reason: 'unknown-caller' })).toMatch(/^not connected: there is nobody/);
  });

  it('has no words for a reason of another decision', () => {
    expect(whyDecided('connect', 'stranger')).toBeNull();
  });
});

describe("a call's outcome in a word", () => {
  const requested = { decision: 'refuse', reason: 'unanswered' } as const;

  it.each([
    [3010, 'busy'],
    [3020, 'declined'],
    [3110, 'declined'],
    [3000, 'no-answer'],
    [6010, 'no-answer'],
    [1000, 'abandoned'],
    [3050, 'failed'],
    [9110, 'failed'],
  ])('of a leg that ended with %s is %s', (hangupCauseCode, expected) => {
    expect(word({}, leg('A', ended), leg('B', { ...ended, hangupCauseCode }))).toBe(expected);
    if (hangupCauseCode !== 9110) expect(word(requested, leg('A', { ...ended, hangupCauseCode }))).toBe(expected);
  });

  it('is connected for parties that talked, once they do no more', () => {
    expect(word({}, leg('A', ended), leg('B', { ...ended, isAnswered: true, duration: 42 }))).toBe('connected');
    expect(word({ endedAt: null }, leg('B', { ...ended, isAnswered: true }))).toBe('connected');
    expect(word({ endedAt: null, dialStatus: 'completed' })).toBe('connected');
  });

  it.each([
    [{ endedAt: null }, []],
    [{ endedAt: null }, [leg('B')]],
    [{ endedAt: null }, [leg('B', { isAnswered: true })]],
    [{ endedAt: null, decision: 'ask-pin' }, []],
  ] as const)('is none while the call goes on: %#', (known, legs) => {
    expect(word(known, ...legs)).toBeNull();
  });

  it('is refused from the first moment on where nobody is dialled', () => {
    for (const reason of ['stranger', 'busy', 'wrong-pin', 'a word of a later version'])
      expect(word({ decision: 'refuse', reason, endedAt: null })).toBe('refused');
    expect(word({ decision: 'redirect', reason: 'stranger', endedAt: null })).toBe('refused');
    expect(word({ decision: 'play', reason: 'unknown-caller', endedAt: null })).toBe('refused');
  });

  it('is abandoned at a prompt, and failed where it was our doing', () => {
    expect(word({ decision: 'ask-pin', reason: 'pin' })).toBe('abandoned');
    expect(word({ decision: 'ask-pin', reason: 'pin' }, leg('A', { ...ended, hangupCauseCode: 8011 }))).toBe('failed');
    expect(word({}, leg('A', ended))).toBe('abandoned');
    expect(word({}, leg('A', { ...ended, hangupCauseCode: 7022 }))).toBe('failed');
    expect(word({ decision: 'refuse', reason: 'answer-lost' })).toBe('failed');
  });
});

describe("a leg's state in words", () => {
  it('is how it ended, once it has', () => {
    expect(legInWords(leg('B', { ...ended, hangupCauseCode: 3000 }))).toEqual({
      status: 'no-answer',
      cause: 'nobody answered',
    });
    expect(legInWords(leg('B', { ...ended, answeredAt: 1, hangupCauseCode: 4000 }))).toEqual({
      status: 'completed',
      cause: 'somebody hung up',
    });
  });

  it('is whether the phone was picked up, before', () => {
    expect(legInWords(leg('B')).status).toBe('ringing');
    expect(legInWords(leg('B', { isAnswered: true }))).toEqual({ status: 'in-progress', cause: null });
    expect(legInWords(leg('A')).status).toBe('in-progress');
  });
});
