import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readDialAction, readDialEvent } from './dial-webhooks.js';
import { webhookParams, type WebhookParams } from './webhook-params.js';
import {
  isHangup,
  readAnswerWebhook,
  readGatheredDigits,
  readHangupWebhook,
  readRecordingWebhook,
} from './webhooks.js';
import { readMessageReport, readMessageWebhook } from './message-webhooks.js';
import { anyCharacter } from '../../test/support/any-character.js';

const aLeg = '0f2b4d7e-6a11-4c52-9a57-5d6f0e3c9b10';
const bLeg = '7c1d9a34-0b52-4e0f-8a66-2f4b8f2f5d21';

const answer = {
  BillRate: '0.00850',
  CallStatus: 'ringing',
  CallUUID: aLeg,
  CallerName: '+14155550111',
  CountryCode: 'US',
  Direction: 'inbound',
  Event: 'StartApp',
  From: '14155550111',
  ParentAuthID: 'MAEXAMPLEEXAMPLE0001',
  STIRAttestation: 'A',
  STIRVerification: 'Verified',
  SessionStart: '2026-05-04 10:00:00.250000',
  To: '14155550100',
};
const hangup = {
  ...answer,
  AnswerTime: '2026-05-04 15:30:04',
  BillDuration: '120',
  CallStatus: 'completed',
  Duration: '66',
  EndTime: '2026-05-04 15:31:10',
  Event: 'Hangup',
  HangupCause: 'NORMAL_CLEARING',
  HangupCauseCode: '4000',
  HangupCauseName: 'Normal Hangup',
  HangupSource: 'Callee',
  StartTime: '2026-05-04 15:30:00',
  TotalCost: '0.01700',
};
const dial = {
  CallUUID: aLeg,
  DialALegUUID: aLeg,
  DialBLegUUID: bLeg,
  DialBLegFrom: '+14155550100',
  DialBLegTo: '14155550122',
  DialBLegPosition: '1',
  DialBLegBillRate: '0.01200',
};
const dialAnswer = { ...dial, DialAction: 'answer', Event: 'DialAnswer', DialBLegStatus: 'answer' };
const dialHangup = {
  ...dial,
  DialAction: 'hangup',
  Event: 'DialHangup',
  DialBLegStatus: 'hangup',
  DialBLegDuration: '61',
  DialBLegBillDuration: '120',
  DialBLegTotalCost: '0.02400',
  DialBLegHangupCause: 'NORMAL_CLEARING',
  DialBLegHangupCauseCode: '4000',
  DialBLegHangupCauseName: 'Normal Hangup',
  DialBLegHangupSource: 'Caller',
  SessionStart: '2026-05-04 10:00:00.250000',
  StartTime: '2026-05-04 10:00:01',
  AnswerTime: '2026-05-04 10:00:09',
  EndTime: '2026-05-04 10:01:10',
};
const dialAction = {
  ...answer,
  DialStatus: 'completed',
  DialRingStatus: 'true',
  DialHangupCause: 'NORMAL_CLEARING',
  DialALegUUID: aLeg,
  DialBLegUUID: bLeg,
};

type Fields = Record<string, string>;
const readers: [string, (params: WebhookParams) => unknown, Fields, string[]][] = [
  ['an answer request', readAnswerWebhook, answer, ['CallUUID']],
  ['a hang-up', readHangupWebhook, hangup, ['CallUUID']],
  ['gathered digits', readGatheredDigits, { ...answer, Digits: '4711' }, ['CallUUID']],
  ['a Dial answer', readDialEvent, dialAnswer, ['DialBLegUUID', 'DialAction']],
  [
    'Dial digits',
    readDialEvent,
    { ...dial, DialAction: 'digits', DialDigitsMatch: '9' },
    ['DialBLegUUID', 'DialAction', 'DialDigitsMatch'],
  ],
  ['a Dial hang-up', readDialEvent, dialHangup, ['DialBLegUUID', 'DialAction']],
  ['a Dial action', readDialAction, dialAction, ['CallUUID', 'DialStatus']],
];
const recording = {
  CallUUID: aLeg,
  RecordUrl: 'https://media.plivo.com/v1/Account/MA/Recording/c.mp3',
  RecordingID: 'c2186400-1c8c-11e4-a664-0026b945b52x',
  RecordingDuration: '30',
  RecordingDurationMs: '30120',
  RecordingStartMs: '1767607202000',
  RecordingEndMs: '1767607232120',
};
/** What decides nothing: anything may stand in it. */
const INESSENTIAL = `
  From To Direction CallStatus RequestUUID STIRVerification ForwardedFrom SessionStart StartTime AnswerTime
  EndTime HangupCause HangupCauseCode HangupCauseName HangupSource Duration BillDuration TotalCost
  DialBLegFrom DialBLegTo DialBLegPosition DialDigitsPressedBy DialRingStatus DialHangupCause
  DialBLegHangupCause DialBLegHangupCauseCode DialBLegHangupCauseName DialBLegHangupSource DialBLegDuration
  DialBLegBillDuration DialBLegTotalCost
`
  .trim()
  .split(/\s+/);
const ODD = [
  'x'.repeat(5000),
  'line\r\nbreak',
  '\u0000',
  '\uD83D',
  '📞'.repeat(300),
  '-1',
  '1e400',
  'NaN',
  '99999999999999999999',
  '0000-00-00 00:00:00',
  '<none>',
  'sip:a@b',
  'None',
];

function paramsOf(fields: Fields): WebhookParams {
  return webhookParams(Object.entries(fields))!;
}

describe('a list of parameters', () => {
  it('is refused when a name comes twice', () => {
    expect(
      webhookParams([
        ['CallUUID', aLeg],
        ['CallUUID', aLeg],
      ]),
    ).toBeNull();
  });

  it('is refused when any name that is read comes twice, and for no other', () => {
    const read = new Set<string>();
    const watched = (fields: Fields): WebhookParams =>
      Object.assign(new Map(Object.entries(fields)), {
        get: (name: string) => (read.add(name), fields[name]),
        has: (name: string) => (read.add(name), name in fields),
      });
    for (const [, reader, fields] of readers) reader(watched(fields));
    readRecordingWebhook(watched(recording));
    isHangup(watched({}));
    readMessageWebhook(watched({ MessageUUID: aLeg }));
    readMessageReport(watched({ MessageUUID: aLeg, Status: 'sent' }));
    expect(read.size).toBeGreaterThan(40);

    for (const name of read)
      expect([
        name,
        webhookParams([
          [name, 'a'],
          ['X-PH-Tag', '1'],
          [name, 'b'],
        ]),
      ]).toEqual([name, null]);
    for (const name of ['X-PH-Tag', 'CallerName', 'ParentAuthID', 'SIP-H-To', 'NewToday', '', '__proto__'])
      expect(
        webhookParams([
          ['CallUUID', aLeg],
          [name, '1'],
          [name, '2'],
        ])?.get('CallUUID'),
      ).toBe(aLeg);
  });
});

describe.each([
  [{ Event: 'Hangup', CallStatus: 'completed' }, true],
  [{ Event: 'Hangup' }, true],
  [{ Event: 'hangup ' }, true],
  [{ CallStatus: 'completed' }, true],
  [{ CallStatus: 'Busy' }, true],
  [{ CallStatus: 'no-answer', Event: '' }, true],
  [{ CallStatus: 'failed' }, true],
  [{ CallStatus: 'timeout' }, true],
  [{ CallStatus: 'cancel' }, true],
  [{ HangupCause: 'NORMAL_CLEARING' }, true],
  [{ Event: 'StartApp', CallStatus: 'ringing' }, false],
  [{ Event: 'StartApp', CallStatus: 'completed' }, false],
  [{ Event: 'Redirect', CallStatus: 'in-progress' }, false],
  [{ CallStatus: 'ringing' }, false],
  [{ CallStatus: 'in-progress' }, false],
  [{ CallStatus: 'whatever' }, false],
  [{}, false],
])('%j', (fields, expected) => {
  it(expected ? 'tells of an end' : 'tells of no end', () => {
    expect(isHangup(paramsOf(fields as Fields))).toBe(expected);
  });
});

describe.each(readers)('%s', (_, read, fields, essentials) => {
  it('is read', () => {
    expect(read(paramsOf(fields))).not.toBeNull();
  });

  it.each(essentials)('is unreadable without %s', (name) => {
    expect(read(paramsOf({ ...fields, [name]: '' }))).toBeNull();
    const { [name]: _gone, ...rest } = fields;
    // The caller's leg has two names in a Dial webhook.
    expect(read(paramsOf(name === 'CallUUID' ? { ...rest, DialALegUUID: '' } : rest))).toBeNull();
  });

  it('is unreadable with a malformed call uuid', () => {
    for (const uuid of ['short', 'a'.repeat(65), '../../../Call', `${aLeg}\u0000`, 'ünïcödé-ünïcödé']) {
      expect(read(paramsOf({ ...fields, CallUUID: uuid }))).toBeNull();
    }
  });

  it('reads the same with parameters nobody knows', () => {
    expect(read(paramsOf({ ...fields, 'X-PH-Ticket': '7', NewToday: '\u0000', CallerName: 'x'.repeat(9999) }))).toEqual(
      read(paramsOf(fields)),
    );
  });

  it.each(INESSENTIAL.filter((name) => name in fields))('is read whatever %s holds', (name) => {
    for (const odd of ODD) expect([odd, read(paramsOf({ ...fields, [name]: odd }))]).not.toEqual([odd, null]);
  });

  it('never throws on rubbish', () => {
    const rubbish = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 300 }),
      fc.constantFrom('', '-1', '1e9', 'NaN', '99999999999999', '__proto__'),
    );
    const names = Object.keys(fields);
    const edits = fc.array(fc.tuple(fc.constantFrom(...names, '__proto__', 'constructor'), rubbish), { maxLength: 6 });
    fc.assert(
      fc.property(edits, (each) => {
        expect(() => read(new Map([...Object.entries(fields), ...each]))).not.toThrow();
        expect(() => read(new Map(each))).not.toThrow();
      }),
    );
  });
});

describe('an answer request', () => {
  it('tells who calls whom', () => {
    expect(readAnswerWebhook(paramsOf(answer))).toEqual({
      callUuid: aLeg,
      from: '14155550111',
      to: '14155550100',
      direction: 'inbound',
      callStatus: 'ringing',
      event: 'StartApp',
      requestUuid: null,
      stirVerification: 'Verified',
      forwardedFrom: null,
      sessionStartedAt: Date.parse('2026-05-04T10:00:00.250Z'),
    });
  });

  it('has an empty caller when the number is withheld', () => {
    const { From: _withheld, ...rest } = answer;
    expect(readAnswerWebhook(paramsOf(rest))?.from).toBe('');
    expect(readAnswerWebhook(paramsOf({ ...answer, From: 'anonymous' }))?.from).toBe('anonymous');
  });

  it.each([
    ['Direction', 'sideways', 'direction', null],
    ['From', 'a'.repeat(257), 'from', ''],
    ['From', '1415\u00005550111', 'from', ''],
    ['From', '14155550111\u0000', 'from', ''],
    ['From', '14155550111\uD83D', 'from', ''],
    ['To', '1415\u00005550100', 'to', ''],
    ['RequestUUID', '<none>', 'requestUuid', null],
    ['SessionStart', 'soon', 'sessionStartedAt', null],
    ['CallStatus', 'ring\ning', 'callStatus', 'ring ing'],
    ['ForwardedFrom', `${'1'.repeat(255)}📞📞`, 'forwardedFrom', `${'1'.repeat(255)}📞`],
  ])('with %s %j is read with %s %j: a number is never mended', (name, value, field, expected) => {
    expect(readAnswerWebhook(paramsOf({ ...answer, [name]: value }))).toMatchObject({ [field]: expected });
  });
});

describe('a hang-up', () => {
  it('tells cause, durations, cost and UTC times of a console in India', () => {
    expect(readHangupWebhook(paramsOf(hangup))).toEqual({
      callUuid: aLeg,
      from: '14155550111',
      to: '14155550100',
      direction: 'inbound',
      callStatus: 'completed',
      event: 'Hangup',
      requestUuid: null,
      hangupCause: 'NORMAL_CLEARING',
      hangupCauseCode: 4000,
      hangupCauseName: 'Normal Hangup',
      hangupSource: 'Callee',
      durationSeconds: 66,
      billedSeconds: 120,
      amountMicros: 17_000,
      startedAt: Date.parse('2026-05-04T10:00:00Z'),
      answeredAt: Date.parse('2026-05-04T10:00:04Z'),
      endedAt: Date.parse('2026-05-04T10:01:10Z'),
    });
  });

  it('of the older kind, without figures, is read with gaps', () => {
    const read = readHangupWebhook(paramsOf({ CallUUID: aLeg, CallStatus: 'no-answer', Event: 'Hangup' }));
    expect(read).toMatchObject({
      hangupCauseCode: null,
      hangupSource: null,
      durationSeconds: null,
      amountMicros: null,
      startedAt: null,
    });
  });

  it.each([
    ['Duration', '-1', 'durationSeconds'],
    ['BillDuration', '1e3', 'billedSeconds'],
    ['BillDuration', '172801', 'billedSeconds'],
    ['TotalCost', '-0.5', 'amountMicros'],
    ['HangupCauseCode', 'four thousand', 'hangupCauseCode'],
    ['AnswerTime', 'None', 'answeredAt'],
  ])('with an absurd %s has that figure unknown', (name, value, field) => {
    expect(readHangupWebhook(paramsOf({ ...hangup, [name]: value }))).toMatchObject({ callUuid: aLeg, [field]: null });
  });
});

describe('a Dial event', () => {
  it('tells which leg answered', () => {
    expect(readDialEvent(paramsOf(dialAnswer))).toEqual({
      kind: 'answer',
      callUuid: aLeg,
      bLegUuid: bLeg,
      from: '+14155550100',
      to: '14155550122',
      position: 1,
    });
    expect(readDialEvent(paramsOf({ ...dialAnswer, DialAction: 'connected' }))).toMatchObject({ kind: 'connected' });
  });

  it('of the older kind names the caller’s leg only by its second name', () => {
    const { CallUUID: _absent, ...rest } = dialAnswer;
    expect(readDialEvent(paramsOf(rest))).toMatchObject({ callUuid: aLeg });
  });

  it.each([
    ['ALeg', 'aleg'],
    ['bleg', 'bleg'],
  ])('tells that %s pressed the digits', (wire, pressedBy) => {
    const digits = { ...dial, DialAction: 'digits', DialDigitsMatch: '*1', DialDigitsPressedBy: wire };
    expect(readDialEvent(paramsOf(digits))).toMatchObject({ kind: 'digits', digits: '*1', pressedBy });
  });

  it('tells how the called leg ended', () => {
    expect(readDialEvent(paramsOf(dialHangup))).toEqual({
      kind: 'hangup',
      callUuid: aLeg,
      bLegUuid: bLeg,
      from: '+14155550100',
      to: '14155550122',
      position: 1,
      hangupCause: 'NORMAL_CLEARING',
      hangupCauseCode: 4000,
      hangupCauseName: 'Normal Hangup',
      hangupSource: 'Caller',
      durationSeconds: 61,
      billedSeconds: 120,
      amountMicros: 24_000,
      startedAt: Date.parse('2026-05-04T10:00:01Z'),
      answeredAt: Date.parse('2026-05-04T10:00:09Z'),
      endedAt: Date.parse('2026-05-04T10:01:10Z'),
    });
  });

  it('of a leg that nobody answered needs no figures', () => {
    const silent = {
      ...dial,
      DialAction: 'hangup',
      DialBLegHangupCause: 'NO_ANSWER',
      DialBLegHangupCauseCode: '6010',
      DialBLegHangupSource: 'Plivo',
    };
    expect(readDialEvent(paramsOf(silent))).toMatchObject({
      kind: 'hangup',
      hangupCauseCode: 6010,
      durationSeconds: null,
      answeredAt: null,
    });
  });

  it('of an unknown kind is unreadable', () => {
    expect(readDialEvent(paramsOf({ ...dialAnswer, DialAction: 'explode' }))).toBeNull();
  });
});

describe('a Dial action', () => {
  it('tells how the dialling ended', () => {
    expect(readDialAction(paramsOf(dialAction))).toEqual({
      callUuid: aLeg,
      dialStatus: 'completed',
      didRing: true,
      hangupCause: 'NORMAL_CLEARING',
      bLegUuid: bLeg,
    });
  });

  it('in a word that is new is over all the same', () => {
    expect(readDialAction(paramsOf({ ...dialAction, DialStatus: 'exploded' }))).toMatchObject({
      dialStatus: 'completed',
    });
    expect(readDialAction(paramsOf({ ...dialAction, DialStatus: 'exploded', DialBLegUUID: '-' }))).toMatchObject({
      dialStatus: 'failed',
      bLegUuid: null,
    });
  });

  it('names no leg when none was answered', () => {
    const busy = {
      ...dialAction,
      DialStatus: 'busy',
      DialRingStatus: 'false',
      DialHangupCause: 'USER_BUSY',
      DialBLegUUID: '',
    };
    expect(readDialAction(paramsOf(busy))).toMatchObject({ dialStatus: 'busy', didRing: false, bLegUuid: null });
  });
});

describe('gathered digits', () => {
  it.each([
    ['4711', '4711'],
    ['', ''],
  ])('of %p are %p', (wire, digits) => {
    expect(readGatheredDigits(paramsOf({ ...answer, Digits: wire }))?.digits).toBe(digits);
  });

  it.each(['12a4', '٤٧', '1'.repeat(100)])('of %p are unreadable', (wire) => {
    expect(readGatheredDigits(paramsOf({ ...answer, Digits: wire }))).toBeNull();
  });
});
