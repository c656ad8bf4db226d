import { object, optional, text, word, uuid, type Schema } from '../platform/openapi/schemas.js';
import type { CallbackPayload } from './contract.js';

type EventName = CallbackPayload['event'];

/** When each is sent, as `contract.ts` says: the compiler knows when one is missing. */
const WHEN: Record<EventName, string> = {
  SessionFirstPartyAnswer: 'The first party calls and is answered by us, or answers a call of ours',
  SessionSecondPartyRing: "The second party's phone has rung: told with its answer, or with the end that shows it",
  SessionSecondPartyAnswer: 'The second party answers, or calls and is answered by us',
  SessionPinAuthenticationStatus: 'A PIN was right, or wrong too often, or a registered caller was not asked for one',
  SessionFirstPartyHangup: "All legs have ended and have their price: what the first party's came to",
  SessionSecondPartyHangup: "All legs have ended and have their price: what the second party's came to",
  SessionPartiesHangup: 'Both hang-ups have been told: what the call came to',
  SessionTimeout: 'The session has expired by itself',
  SessionRecordingInitiated: 'Both parties of a call that is recorded have answered',
  SessionRecordingCompleted: 'A recording can be fetched from us',
  SessionRecordingFailed: 'An answered call has no recording to hear',
  SessionMessageReceived: "A party's text was taken to be passed on",
  SessionMessageRefused: "A party's text was refused",
  SessionMessageForwarded:
    'Plivo has passed a message on to the network: in North America mostly the last that is known',
  SessionMessageDelivered: "The other party's phone has it",
  SessionMessageFailed: 'A message has failed, was never sent, or nobody will know',
  SessionMessageOptedOut: "A party has asked not to be written to from the session's number, or Plivo says so",
  SessionMessageOptedIn: 'A party may be written to again',
};

const SOME_UUID = '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const TIME = '2026-11-22 19:03:07+00:00';

const OF_ALL = (event: string): Record<string, Schema> => ({
  EventName: { type: 'string', const: event, example: event },
  EventTimestamp: text('When it happened, UTC.', TIME),
  SessionUUID: uuid('Of the session.'),
  From: text('Who called, without plus; empty where a number was withheld, and on SessionTimeout.', '14155550123'),
  To: text('Who was dialled, without plus; empty where nobody was, and on SessionTimeout.', '14155550124'),
  VirtualNumber: text('Without plus.', '14155550100'),
});

const OF_HANGUPS: Record<string, Schema> = {
  Amount: text('What it cost: of that leg; on SessionPartiesHangup of both.', '0.0085'),
  BilledDuration: text('Seconds.', '60'),
  Duration: text('Seconds.', '42'),
  PlivoHangupCause: text('Why it ended.', 'Normal Hangup'),
  PlivoHangupCauseCode: text('Its code; empty where it has none.', '4000'),
};

const OF_PINS: Record<string, Schema> = {
  PinAuthenticationStatus: word('AuthorizedCaller: was not asked.', ['success', 'failed', 'AuthorizedCaller']),
  PinRetryCounter: text('Wrong attempts.', '0'),
};

const OF_RECORDINGS: Record<string, Schema> = {
  RecordingUUID: uuid('Of the recording.'),
  RecordingURL: text(
    'Opens the sound without credentials, as long as it is kept; empty until it can be fetched.',
    'https://masking.example/v1/Account/MA…/Recording/….mp3?signature=…',
  ),
  RecordingResourceURL: text('What is known of it.', 'https://masking.example/v1/Account/MA…/Recording/…'),
  RecordingDuration: text('Whole seconds; empty until known.', '42'),
  RecordingStartTime: text('Empty until known.', TIME),
  RecordingEndTime: text('Empty until known.', TIME),
  RecordingFormat: text('With its dot.', '.mp3'),
};

const OF_TEXTS: Record<string, Schema> = {
  MessageUUID: uuid("Plivo's id of the text that was written."),
  MessageType: word('mms: with pictures, which stay behind unless the account has messaging_media.', ['sms', 'mms']),
  MediaCount: text('Pictures.', '0'),
};

const OF_TAKEN_TEXTS: Record<string, Schema> = {
  ...OF_TEXTS,
  Units: text('Parts in which it is to be sent.', '1'),
  Text: optional(text('What will be sent; only where the account has text_in_callbacks.', 'I am at the door')),
};

const OF_REFUSED_TEXTS: Record<string, Schema> = {
  ...OF_TEXTS,
  Reason: text('Why it goes no further.', 'recipient-opted-out'),
};

const OF_OUTCOMES: Record<string, Schema> = {
  MessageUUID: uuid("Plivo's id of the text that was written."),
  ForwardMessageUUID: text(
    "Plivo's id of the message; a long text goes in up to three. Empty where Plivo has none.",
    SOME_UUID,
  ),
  Units: text('Parts of the message.', '1'),
  Amount: text('What the message cost, as far as it is known.', '0.0077'),
  ErrorCode: text("Plivo's; empty for none.", ''),
  Reason: text('Why it has failed; else empty.', ''),
};

function ofTexts(event: string): Record<string, Schema> {
  if (event === 'SessionMessageReceived') return OF_TAKEN_TEXTS;
  if (event === 'SessionMessageRefused') return OF_REFUSED_TEXTS;
  return event.startsWith('SessionMessageOpted') ? {} : OF_OUTCOMES;
}

/** The events of `contract.ts` as the `webhooks` of the OpenAPI document. A spec holds them to what is sent. */
export function describeCallbacks(): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(WHEN).map(([event, when]) => {
      const schema = callbackSchema(event as EventName);
      return [event, { post: callback(event, when, schema) }];
    }),
  );
}

export function callbackSchema(event: EventName): Schema {
  return object({
    ...OF_ALL(event),
    ...(event.endsWith('Hangup') && OF_HANGUPS),
    ...(event.startsWith('SessionPin') && OF_PINS),
    ...(event.startsWith('SessionRecording') && OF_RECORDINGS),
    ...(event.startsWith('SessionMessage') && ofTexts(event)),
    SequenceNumber: text(
      'From 1 without gaps in each session; recording events and text events have counts of their own.',
      '1',
    ),
  });
}

function callback(event: string, when: string, schema: Schema): Schema {
  const members = schema['properties'] as Record<string, Schema>;
  const example = Object.fromEntries(Object.entries(members).map(([name, member]) => [name, member['example']]));
  const isRecording = event.startsWith('SessionRecording');
  const isText = event.startsWith('SessionMessage');
  const url = isRecording ? 'recording_callback_url' : isText ? 'message_callback_url' : 'callback_url';
  return {
    tags: ['Callbacks'],
    operationId: `on${event}`,
    summary: when,
    description: `Sent to the session's \`${url}\`, at least once and in order; with GET the parameters are the query.`,
    security: [],
    parameters: SIGNATURES,
    requestBody: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema,
          example: {
            ...example,
            SessionUUID: SOME_UUID,
            ...(isRecording && { RecordingUUID: SOME_UUID }),
            ...('MessageUUID' in members && { MessageUUID: SOME_UUID }),
          },
        },
      },
    },
    responses: {
      '2XX': { description: 'Taken. A repetition is answered in the same way and forgotten.' },
      '410': { description: 'Not wanted any more: it is not tried again.' },
      '4XX': { description: 'Tried again: ten attempts within 76 hours.' },
    },
  };
}

const SIGNATURES = (
  [
    [
      'X-Plivo-Signature-V3',
      'Over URL, parameters and nonce, with the Auth Token of the owner of the session; a comma list.',
    ],
    ['X-Plivo-Signature-Ma-V3', 'The same with the Auth Token of the main account.'],
    ['X-Plivo-Signature-V3-Nonce', 'Different in each attempt.'],
    ['X-Plivo-Signature-V2', 'Over URL without query, and nonce.'],
    ['X-Plivo-Signature-Ma-V2', 'The same with the Auth Token of the main account.'],
    ['X-Plivo-Signature-V2-Nonce', 'Different in each attempt.'],
    ['webhook-id', 'Of the callback: the same in each attempt (Standard Webhooks).'],
    ['webhook-timestamp', 'Seconds since 1970 (Standard Webhooks).'],
    ['webhook-signature', 'Over id, time and body: `v1,` and Base64; a list with spaces (Standard Webhooks).'],
  ] as const
).map(([name, description]) => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
}));
