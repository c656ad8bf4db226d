import { describe, expect, it } from '@jest/globals';
import type { CallSettings } from '../../accounts/index.js';
import type { Route, SessionRecord } from '../../sessions/index.js';
import type { E164 } from '../../telephony/phone.js';
import { testConfig } from '../../../test/support/ground.js';
import { answerXml, askForPin } from './answer-xml.js';

const URL = 'https://masking.example';
const PROMPT = 'https://files.example/prompt.mp3';
const WRONG = 'https://files.example/wrong.mp3';
const [FIRST_FILE, SECOND_FILE] = ['https://files.example/1.mp3', 'https://files.example/2.mp3'];
const REPEATED = '#ct=2000&amp;rt=5000&amp;rc=5&amp;rp=all&amp;tt=55000';

const terms = testConfig({ PUBLIC_URL: URL });
const call = {
  callId: 'c',
  accountId: 'MA',
  isAnswered: false,
  settings: { language: 'en-US', refusals: {} } as unknown as CallSettings,
};
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
const connected = (
  role: Route['role'],
  settings: Partial<SessionRecord['settings']> = {},
  { isAnswered = false, switches = {} as Record<string, string>, virtualNumber = '12025550000' } = {},
): string =>
  answerXml(
    testConfig({ PUBLIC_URL: URL, ...switches }),
    { ...call, isAnswered },
    {
      decision: 'connect',
      reason: 'party',
      seat: { session: { ...session(settings), virtualNumber }, role },
      dial: '14155550002' as E164,
    },
  );
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

  describe('orders a ring tone for a caller whose leg is answered before anybody rings:', () => {
    const tone = (cadence: string): string =>
      `dialMusic="${URL}/plivo/MA/ring-tone/${cadence}#ct=1000&amp;rt=2000&amp;rc=1&amp;rp=all&amp;tt=5000"`;

    it.each<[string, Partial<SessionRecord['settings']>, boolean]>([
      ['it was asked for a PIN, or called by us', {}, true],
      ['it hears a file', { first_party_play_url: FIRST_FILE }, false],
      ['it is recorded', { record: true }, false],
    ])('%s', (_, settings, isAnswered) => {
      expect(connected('first', settings, { isAnswered })).toContain(tone('us'));
      expect(connected('first', settings, { isAnswered, switches: { RING_TONE: 'off' } })).not.toContain('dialMusic');
    });

    it('and for nobody else', () => {
      expect(connected('first')).not.toContain('dialMusic');
      expect(connected('first', { second_party_play_url: SECOND_FILE })).not.toContain('dialMusic');
    });

    it("in the cadence of the virtual number's country", () => {
      const virtualNumber = '442079460001';
      expect(connected('first', {}, { isAnswered: true, virtualNumber })).toContain(tone('gb'));
    });
  });

  it('leaves the file of who is called out, and not the own one, where the operator says so', () => {
    const xml = connected('first', files, { switches: { CALLEE_SOUND: 'off' } });
    expect(xml).not.toContain('confirmSound');
    expect(xml).toContain(`<Play>${FIRST_FILE}</Play>`);
  });

  it('asks for repeats of nothing where fragments are off', () => {
    const switches = { URL_FRAGMENTS: 'off' };
    const whole = connected('first', { ...files, record: true }, { switches });
    expect(whole.match(/https:[^"]*\/plivo\//g)).toHaveLength(5);
    expect(whole).not.toContain('#');
    expect(
      askForPin(testConfig({ PUBLIC_URL: URL, ...switches }), call, session(), { attempt: 1, mostDigits: 4 }),
    ).not.toMatch(/pin\/1#/);
  });

  it('records where the session says so, in its format', () => {
    expect(connected('first')).not.toContain('<Record');
    const recorded = connected('first', { record: true, record_file_format: 'wav' });
    expect(recorded).toContain('fileFormat="wav"');
    expect(recorded).toContain(`callbackUrl="${URL}/plivo/MA/sessions/s/calls/c/recording${REPEATED}"`);
  });

  it('asks for the PIN with the prompt and the patience of the session, for the first attempt', () => {
    const xml = answerXml(terms, call, { decision: 'ask-pin', reason: 'pin', prompt: session(), seat: null }, 6);
    expect(xml).toContain(`<GetDigits action="${URL}/plivo/MA/calls/c/pin/1${REPEATED}"`);
    expect(xml).toContain('timeout="7" digitTimeout="7" numDigits="6"');
    expect(xml).toContain(`><Play>${PROMPT}</Play></GetDigits>`);
  });

  it('plays the file for unknown callers, and ends the call', () => {
    const xml = answerXml(terms, call, { decision: 'play', reason: 'unknown-caller', url: FIRST_FILE, seat: null });
    expect(xml).toBe(`<Response><Play>${FIRST_FILE}</Play><Hangup/></Response>`);
  });

  it('refuses in words', () => {
    expect(answerXml(terms, call, { decision: 'refuse', reason: 'busy', seat: null })).toContain('busy with another');
  });
});

describe('the question for a PIN', () => {
  const asked = (attempt: number) => ({ attempt, mostDigits: 4 });

  it('begins with the error file from the second attempt on, and only where there is one', () => {
    const told = session({ incorrect_pin_play: WRONG });
    expect(askForPin(terms, call, told, asked(1))).not.toContain(WRONG);
    expect(askForPin(terms, call, told, asked(2))).toMatch(
      new RegExp(`^<Response><Play>${WRONG}</Play><GetDigits .*/pin/2#`),
    );
    expect(askForPin(terms, call, session(), asked(2))).toMatch(/^<Response><GetDigits /);
  });

  it('waits five seconds where the session does not say', () => {
    expect(askForPin(terms, call, session({ pin_retry_wait: null }), asked(1))).toContain('timeout="5"');
  });
});
