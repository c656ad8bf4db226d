import { describe, expect, it } from '@jest/globals';
import type { CallSettings } from '../../accounts/index.js';
import type { Route, SessionRecord } from '../../sessions/index.js';
import type { E164 } from '../../telephony/phone.js';
import { answerXml, askForPin } from './answer-xml.js';

const URL = 'https://masking.example';
const PROMPT = 'https://files.example/prompt.mp3';
const WRONG = 'https://files.example/wrong.mp3';
const [FIRST_FILE, SECOND_FILE] = ['https://files.example/1.mp3', 'https://files.example/2.mp3'];
const REPEATED = '#ct=2000&amp;rt=5000&amp;rc=5&amp;rp=all&amp;tt=55000';

const call = { callId: 'c', accountId: 'MA', settings: { language: 'en-US', refusals: {} } as unknown as CallSettings };
const session = (settings: Partial<SessionRecord['settings']> = {}): SessionRecord =>
  ({
    id: 's',
    virtualNumber: '12025550000',
    settings: {
      first_party_play_url: '',
      second_party_play_url: '',
      call_time_limit: 600,
      ring_timeout: 30,
      record: false,
      record_file_format: 'mp3',
      pin_prompt_play: PROMPT,
      incorrect_pin_play: null,
      pin_retry_wait: 7,
      ...settings,
    },
  }) as SessionRecord;
const connected = (role: Route['role'], settings: Partial<SessionRecord['settings']> = {}): string =>
  answerXml(URL, call, {
    decision: 'connect',
    reason: 'party',
    seat: { session: session(settings), role },
    dial: '14155550002' as E164,
  });
const files = { first_party_play_url: FIRST_FILE, second_party_play_url: SECOND_FILE };

describe('the answer to a call', () => {
  it('dials one number under the virtual one, within the limits of the session, and asks to be told of it', () => {
    const path = `${URL}/plivo/MA/sessions/s/calls/c`;
    expect(connected('first')).toBe(
      '<Response><Dial callerId="+12025550000" callerName="+12025550000" timeout="30" timeLimit="600" ' +
        `callbackUrl="${path}/dial-event${REPEATED}" callbackMethod="POST" ` +
        `action="${path}/dial-action${REPEATED}" method="POST" redirect="true">` +
        '<Number>+14155550002</Number></Dial></Response>',
    );
  });

  it.each([
    ['first', FIRST_FILE],
    ['second', SECOND_FILE],
  ] as const)(
    'plays a calling %s party its own file first, and has the other one played to who is called',
    (role, own) => {
      const xml = connected(role, files);
      expect(xml).toMatch(new RegExp(`^<Response><Play>${own}</Play><Dial `));
      expect(xml).toContain(`confirmSound="${URL}/plivo/MA/sessions/s/calls/c/callee-sound${REPEATED}"`);
    },
  );

  it('plays nothing to who has no file', () => {
    const onlyFirst = { ...files, second_party_play_url: '' };
    expect(connected('first', onlyFirst)).not.toContain('confirmSound');
    expect(connected('first', onlyFirst)).toContain('<Play>');
    expect(connected('second', onlyFirst)).toContain('confirmSound');
    expect(connected('second', onlyFirst)).not.toContain('<Play>');
  });

  it('records where the session says so, in its format', () => {
    expect(connected('first')).not.toContain('<Record');
    const recorded = connected('first', { record: true, record_file_format: 'wav' });
    expect(recorded).toContain('fileFormat="wav"');
    expect(recorded).toContain(`callbackUrl="${URL}/plivo/MA/sessions/s/calls/c/recording${REPEATED}"`);
  });

  it('asks for the PIN with the prompt and the patience of the session, for the first attempt', () => {
    const xml = answerXml(URL, call, { decision: 'ask-pin', reason: 'pin', prompt: session(), seat: null }, 6);
    expect(xml).toContain(`<GetDigits action="${URL}/plivo/MA/calls/c/pin/1${REPEATED}"`);
    expect(xml).toContain('timeout="7" digitTimeout="7" numDigits="6"');
    expect(xml).toContain(`><Play>${PROMPT}</Play></GetDigits>`);
  });

  it('plays the file for unknown callers, and ends the call', () => {
    const xml = answerXml(URL, call, { decision: 'play', reason: 'unknown-caller', url: FIRST_FILE, seat: null });
    expect(xml).toBe(`<Response><Play>${FIRST_FILE}</Play><Hangup/></Response>`);
  });

  it('refuses in words', () => {
    expect(answerXml(URL, call, { decision: 'refuse', reason: 'busy', seat: null })).toContain('busy with another');
  });
});

describe('the question for a PIN', () => {
  const asked = (attempt: number) => ({ attempt, mostDigits: 4 });

  it('begins with the error file from the second attempt on, and only where there is one', () => {
    const told = session({ incorrect_pin_play: WRONG });
    expect(askForPin(URL, call, told, asked(1))).not.toContain(WRONG);
    expect(askForPin(URL, call, told, asked(2))).toMatch(
      new RegExp(`^<Response><Play>${WRONG}</Play><GetDigits .*/pin/2#`),
    );
    expect(askForPin(URL, call, session(), asked(2))).toMatch(/^<Response><GetDigits /);
  });

  it('waits five seconds where the session does not say', () => {
    expect(askForPin(URL, call, session({ pin_retry_wait: null }), asked(1))).toContain('timeout="5"');
  });
});
