import { decimalText } from '../accounts/index.js';
import type { ParamList } from '../plivo/index.js';
import type { FoundRecording } from '../recording/index.js';
import type { DecidedText, ForwardTurned } from '../texts/index.js';

/** Everything that customers are told. Only the functions below make one; what they say of it to customers is in `docs/callbacks.md`. */
export type CallbackPayload =
  /** Sent when the first party calls and is answered by us, or answers a call of ours. */
  | Payload<'SessionFirstPartyAnswer'>
  /** Sent when it is certain that the second party's phone has rung: with its answer, or with the end that shows it. */
  | Payload<'SessionSecondPartyRing'>
  /** Sent when the second party answers, or calls and is answered by us. */
  | Payload<'SessionSecondPartyAnswer'>
  /** Sent when a PIN was right, or wrong too often, and when a registered caller was not asked for one; once a call, in sessions with PIN. */
  | Payload<'SessionPinAuthenticationStatus', PinParameters>
  /** Sent when all legs have ended and have their price: what the first party's came to. The hang-up that ended the call is told first. */
  | Payload<'SessionFirstPartyHangup', HangupParameters>
  /** Sent when all legs have ended and have their price: what the second party's came to. */
  | Payload<'SessionSecondPartyHangup', HangupParameters>
  /** Sent when both hang-ups have been told: what the call came to. */
  | Payload<'SessionPartiesHangup', HangupParameters>
  /** Sent when the session has expired by itself; not on a delete. */
  | Payload<'SessionTimeout'>
  /** Sent when both parties of a call that is recorded have answered, or when Plivo names a recording of which that was not known. */
  | Payload<'SessionRecordingInitiated', RecordingParameters>
  /** Sent when a recording can be fetched from us. */
  | Payload<'SessionRecordingCompleted', RecordingParameters>
  /** Sent when it is known that an answered call has no recording to hear. */
  | Payload<'SessionRecordingFailed', RecordingParameters>
  /** Sent when a party's text was taken to be passed on. */
  | Payload<'SessionMessageReceived', TextParameters>
  /** Sent when a party's text was refused. */
  | Payload<'SessionMessageRefused', TextRefusedParameters>
  /** Sent when Plivo has passed a message on to the network: in North America mostly the last that is known of it. */
  | Payload<'SessionMessageForwarded', TextOutcomeParameters>
  /** Sent when the other party's phone has it. */
  | Payload<'SessionMessageDelivered', TextOutcomeParameters>
  /** Sent when it has failed, was never sent, or nobody will know. */
  | Payload<'SessionMessageFailed', TextOutcomeParameters>
  /** Sent when a party has asked not to be written to from the session's number, or Plivo says so. */
  | Payload<'SessionMessageOptedOut'>
  /** Sent when it may be written to again. */
  | Payload<'SessionMessageOptedIn'>;

export type PartyEvent = 'SessionFirstPartyAnswer' | 'SessionSecondPartyRing' | 'SessionSecondPartyAnswer';
export type HangupEvent = EventWith<HangupParameters>;
export type RecordingEvent = EventWith<RecordingParameters>;
export type TextOutcomeEvent = EventWith<TextOutcomeParameters>;
export type OptEvent = 'SessionMessageOptedOut' | 'SessionMessageOptedIn';

/** When something happened, and who called whom. */
export interface Occasion {
  /** Milliseconds since 1970. */
  at: number;
  /** The call that tells it; it tells each event once. */
  callId: string | null;
  from: string;
  to: string;
}

/** What a hang-up cost and why it came. */
export interface Hangup {
  amountMicros: number;
  billedSeconds: number;
  seconds: number;
  cause: string;
  causeCode: number | null;
}

type PinParameters = {
  PinAuthenticationStatus: 'success' | 'failed' | 'AuthorizedCaller';
  /** Wrong attempts. */
  PinRetryCounter: string;
};

type HangupParameters = {
  Amount: string;
  BilledDuration: string;
  Duration: string;
  PlivoHangupCause: string;
  PlivoHangupCauseCode: string;
};

/** The format with its dot, as the written contract has it; what is not known yet is empty. */
type RecordingParameters = {
  RecordingUUID: string;
  RecordingURL: string;
  RecordingResourceURL: string;
  RecordingDuration: string;
  RecordingStartTime: string;
  RecordingEndTime: string;
  RecordingFormat: string;
};

type TextParameters = {
  MessageUUID: string;
  MessageType: 'sms' | 'mms';
  MediaCount: string;
  Units: string;
};

type TextRefusedParameters = Omit<TextParameters, 'Units'> & { Reason: string };

type TextOutcomeParameters = {
  MessageUUID: string;
  ForwardMessageUUID: string;
  Units: string;
  Amount: string;
  ErrorCode: string;
  Reason: string;
};

type EventWith<Own extends Record<string, string>> = Extract<CallbackPayload, Payload<string, Own>>['event'];

// Most events have no parameters of their own, which is what the empty type says.
// oxlint-disable-next-line typescript/no-generated-empty-object-type
class Payload<Event extends string, Own extends Record<string, string> = Record<never, string>> {
  constructor(
    readonly event: Event,
    readonly occasion: Occasion,
    private readonly own: Own,
  ) {}

  /** As they are sent, in this order: parameters that every callback has around its own. */
  parameters(session: { id: string; virtualNumber: string }, sequence: number): ParamList {
    const { at, from, to } = this.occasion;
    return [
      ['EventName', this.event],
      ['EventTimestamp', eventTime(at)],
      ['SessionUUID', session.id],
      ['From', from],
      ['To', to],
      ['VirtualNumber', session.virtualNumber],
      ...Object.entries(this.own),
      ['SequenceNumber', String(sequence)],
    ];
  }
}

export function partyEvent(event: PartyEvent, occasion: Occasion): CallbackPayload {
  return new Payload(event, occasion, {});
}

export function pinEvent(
  occasion: Occasion,
  status: PinParameters['PinAuthenticationStatus'],
  wrongAttempts: number,
): CallbackPayload {
  const own = { PinAuthenticationStatus: status, PinRetryCounter: String(wrongAttempts) };
  return new Payload('SessionPinAuthenticationStatus', occasion, own);
}

export function hangupEvent(event: HangupEvent, occasion: Occasion, hangup: Hangup): CallbackPayload {
  return new Payload(event, occasion, {
    Amount: decimalText(hangup.amountMicros),
    BilledDuration: String(hangup.billedSeconds),
    Duration: String(hangup.seconds),
    PlivoHangupCause: hangup.cause,
    PlivoHangupCauseCode: hangup.causeCode === null ? '' : String(hangup.causeCode),
  });
}

export function timeoutEvent(at: number): CallbackPayload {
  return new Payload('SessionTimeout', { at, callId: null, from: '', to: '' }, {});
}

export function recordingEvent(event: RecordingEvent, occasion: Occasion, recording: FoundRecording): CallbackPayload {
  const { durationSeconds, startedAt, endedAt } = recording;
  const time = (instant: number | null): string => (instant === null ? '' : eventTime(instant));
  return new Payload(event, occasion, {
    RecordingUUID: recording.recordingId,
    RecordingURL: recording.lastingLink ?? '',
    RecordingResourceURL: recording.resourceUrl,
    RecordingDuration: durationSeconds === null ? '' : String(durationSeconds),
    RecordingStartTime: time(startedAt),
    RecordingEndTime: time(endedAt),
    RecordingFormat: `.${recording.format}`,
  });
}

function typeOf(mediaCount: number): TextParameters['MessageType'] {
  return mediaCount > 0 ? 'mms' : 'sms';
}

/** `words`: null where nobody wants to read them. */
export function textEvent(
  occasion: Occasion,
  { messageUuid, mediaCount }: Pick<DecidedText, 'messageUuid' | 'mediaCount'>,
  units: number,
  words: string | null,
): CallbackPayload {
  return new Payload('SessionMessageReceived', occasion, {
    MessageUUID: messageUuid,
    MessageType: typeOf(mediaCount),
    MediaCount: String(mediaCount),
    Units: String(units),
    ...(words === null ? {} : { Text: words }),
  });
}

export function textRefusedEvent(
  occasion: Occasion,
  { messageUuid, mediaCount }: Pick<DecidedText, 'messageUuid' | 'mediaCount'>,
  reason: string,
): CallbackPayload {
  return new Payload('SessionMessageRefused', occasion, {
    MessageUUID: messageUuid,
    MessageType: typeOf(mediaCount),
    MediaCount: String(mediaCount),
    Reason: reason,
  });
}

export function textOutcomeEvent(
  event: TextOutcomeEvent,
  occasion: Occasion,
  { messageUuid, forwardUuid, units, amountMicros, errorCode, reason }: ForwardTurned['told'],
): CallbackPayload {
  return new Payload(event, occasion, {
    MessageUUID: messageUuid,
    ForwardMessageUUID: forwardUuid ?? '',
    Units: String(units),
    Amount: decimalText(amountMicros),
    ErrorCode: errorCode === null ? '' : String(errorCode),
    Reason: reason,
  });
}

export function optEvent(event: OptEvent, occasion: Occasion): CallbackPayload {
  return new Payload(event, occasion, {});
}

/** `application/x-www-form-urlencoded`; the query string of a GET is the same text. */
export function formEncoded(params: ParamList): string {
  return new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString();
}

export function formDecoded(body: string): ParamList {
  return [...new URLSearchParams(body)];
}

/** `2026-11-22 19:03:07+00:00`, the form of Plivo's other session events. */
function eventTime(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')}+00:00`;
}
