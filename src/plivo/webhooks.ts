import { microsFromDecimal } from './amounts.js';
import { callInstants, instantOf, type CallInstants } from './instants.js';
import { durationMsOf, epochMs, mediaUrlOf, type RecordingFacts } from './plivo-recordings.js';
import { FieldReader, type WebhookParams } from './webhook-params.js';

export type CallDirection = 'inbound' | 'outbound';

/** Which call a webhook is about. `from` and `to` are as Plivo sent them, and empty for what cannot be a number or was withheld. */
export interface WebhookCall {
  callUuid: string;
  from: string;
  to: string;
  direction: CallDirection | null;
  callStatus: string | null;
  event: string | null;
}

export interface AnswerWebhook extends WebhookCall {
  /** Only calls that we placed have one. */
  requestUuid: string | null;
  stirVerification: string | null;
  forwardedFrom: string | null;
  sessionStartedAt: number | null;
}

/** How a leg ended. `durationSeconds` is measured, `billedSeconds` is rounded up as billed. */
export interface LegEnd extends CallInstants {
  hangupCause: string | null;
  hangupCauseCode: number | null;
  hangupCauseName: string | null;
  hangupSource: string | null;
  durationSeconds: number | null;
  billedSeconds: number | null;
  amountMicros: number | null;
}

export interface HangupWebhook extends WebhookCall, LegEnd {
  requestUuid: string | null;
}

/** It may leave out whose call it was: the URL that it comes to says that. */
export type RecordingWebhook = RecordingFacts;

export interface GatheredDigits extends WebhookCall {
  /** Empty when the time ran out with nothing pressed. */
  digits: string;
}

/** What Plivo asks when a call waits for instructions: the answer URL, and the ring URL in the same shape. */
export function readAnswerWebhook(params: WebhookParams): AnswerWebhook | null {
  const field = new FieldReader(params);
  return field.finish({
    ...webhookCall(field),
    requestUuid: field.uuidOrNull('RequestUUID'),
    stirVerification: field.textOrNull('STIRVerification'),
    forwardedFrom: field.textOrNull('ForwardedFrom'),
    sessionStartedAt: instantOf(field.textOrNull('SessionStart')),
  });
}

const ENDED = new Set(['completed', 'busy', 'failed', 'timeout', 'no-answer', 'cancel']);

/**
 * Whether a webhook tells of a call's end. Plivo sends those to the answer URL where no hang-up URL is set, and its pages list `CallStatus` there
 * without an `Event`. Where there is an `Event`, it alone counts.
 */
export function isHangup(params: WebhookParams): boolean {
  const field = new FieldReader(params);
  const event = field.textOrNull('Event')?.toLowerCase();
  if (event !== undefined) return event === 'hangup';
  return ENDED.has(field.textOrNull('CallStatus')?.toLowerCase() ?? '') || field.textOrNull('HangupCause') !== null;
}

/** The end of the A leg, or of a call that we placed. */
export function readHangupWebhook(params: WebhookParams): HangupWebhook | null {
  const field = new FieldReader(params);
  return field.finish({
    ...webhookCall(field),
    requestUuid: field.uuidOrNull('RequestUUID'),
    ...legEnd(field, ''),
    durationSeconds: field.secondsOrNull('Duration'),
    billedSeconds: field.secondsOrNull('BillDuration'),
    amountMicros: microsFromDecimal(field.textOrNull('TotalCost')),
  });
}

/** What the caller typed after `gatherDigitsXml`. */
export function readGatheredDigits(params: WebhookParams): GatheredDigits | null {
  const field = new FieldReader(params);
  const digits = field.digitsOrNull('Digits');
  return digits === null ? null : field.finish({ ...webhookCall(field), digits });
}

/** A recording that is ready. What Plivo calls `-1` is unknown. */
export function readRecordingWebhook(params: WebhookParams): RecordingWebhook | null {
  const field = new FieldReader(params);
  const mediaUrl = mediaUrlOf(params.get('RecordUrl'));
  if (mediaUrl === null) return null;
  const seconds = field.secondsOrNull('RecordingDuration');
  return field.finish({
    recordingId: field.uuid('RecordingID'),
    mediaUrl,
    durationMs: durationMsOf(params.get('RecordingDurationMs')) ?? (seconds === null ? null : seconds * 1000),
    startedAt: epochMs(params.get('RecordingStartMs')),
    endedAt: epochMs(params.get('RecordingEndMs')),
  });
}

/** `prefix` is what Plivo writes before the four names for the leg in question. */
export function legEnd(
  field: FieldReader,
  prefix: '' | 'DialBLeg',
): Omit<LegEnd, 'durationSeconds' | 'billedSeconds' | 'amountMicros'> {
  return {
    hangupCause: field.textOrNull(`${prefix}HangupCause`),
    hangupCauseCode: field.integerOrNull(`${prefix}HangupCauseCode`),
    hangupCauseName: field.textOrNull(`${prefix}HangupCauseName`),
    hangupSource: field.textOrNull(`${prefix}HangupSource`),
    ...callInstants({
      sessionStart: field.textOrNull('SessionStart'),
      start: field.textOrNull('StartTime'),
      answer: field.textOrNull('AnswerTime'),
      end: field.textOrNull('EndTime'),
      seconds: field.secondsOrNull(`${prefix}Duration`),
    }),
  };
}

function webhookCall(field: FieldReader): WebhookCall {
  return {
    callUuid: field.uuid('CallUUID'),
    from: field.number('From'),
    to: field.number('To'),
    direction: field.wordOrNull('Direction', ['inbound', 'outbound']),
    callStatus: field.textOrNull('CallStatus'),
    event: field.textOrNull('Event'),
  };
}
