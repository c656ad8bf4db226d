import { microsFromDecimal } from './amounts.js';
import { callInstants, instantOf, type CallInstants } from './instants.js';
import { epochMs, mediaUrlOf, type RecordingFacts } from './plivo-recordings.js';
import { FieldReader, type WebhookParams } from './webhook-params.js';

export type CallDirection = 'inbound' | 'outbound';

/** Which call a webhook is about. `from` is empty when the caller withheld it; texts are as Plivo sent them. */
export interface WebhookCall {
  callUuid: string;
  from: string;
  to: string;
  direction: CallDirection | null;
  callStatus: string | null;
  /** Plivo sends the hang-up to the answer URL where no hang-up URL is set: check for `Hangup` there. */
  event: string | null;
}

export interface AnswerWebhook extends WebhookCall {
  direction: CallDirection;
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
    to: field.text('To'),
    direction: field.word('Direction', ['inbound', 'outbound']),
    requestUuid: field.uuidOrNull('RequestUUID'),
    stirVerification: field.textOrNull('STIRVerification'),
    forwardedFrom: field.textOrNull('ForwardedFrom'),
    sessionStartedAt: instantOf(field.textOrNull('SessionStart')),
  });
}

/** The end of the A leg, or of a call that we placed. */
export function readHangupWebhook(params: WebhookParams): HangupWebhook | null {
  const field = new FieldReader(params);
  return field.finish({
    ...webhookCall(field),
    requestUuid: field.uuidOrNull('RequestUUID'),
    ...legEnd(field, ''),
    durationSeconds: field.integerOrNull('Duration'),
    billedSeconds: field.integerOrNull('BillDuration'),
    amountMicros: microsFromDecimal(field.textOrNull('TotalCost')),
  });
}

/** What the caller typed after `gatherDigitsXml`. */
export function readGatheredDigits(params: WebhookParams): GatheredDigits | null {
  const field = new FieldReader(params);
  const digits = field.textOrNull('Digits') ?? '';
  return /^[0-9*#]{0,99}$/.test(digits) ? field.finish({ ...webhookCall(field), digits }) : null;
}

/** A recording that is ready. What Plivo calls `-1` is unknown. */
export function readRecordingWebhook(params: WebhookParams): RecordingWebhook | null {
  const field = new FieldReader(params);
  const mediaUrl = mediaUrlOf(params.get('RecordUrl'));
  if (mediaUrl === null) return null;
  const seconds = field.integerOrNull('RecordingDuration');
  return field.finish({
    recordingId: field.uuid('RecordingID'),
    mediaUrl,
    durationMs: field.integerOrNull('RecordingDurationMs') ?? (seconds === null ? null : seconds * 1000),
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
    }),
  };
}

function webhookCall(field: FieldReader): WebhookCall {
  return {
    callUuid: field.uuid('CallUUID'),
    from: field.textOrNull('From') ?? '',
    to: field.textOrNull('To') ?? '',
    direction: field.wordOrNull('Direction', ['inbound', 'outbound']),
    callStatus: field.textOrNull('CallStatus'),
    event: field.textOrNull('Event'),
  };
}
