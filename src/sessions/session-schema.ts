import {
  apiId,
  count,
  decimal,
  flag,
  integer,
  LIST_META,
  listOf,
  named,
  object,
  optional,
  orNull,
  shape,
  text,
  uuid,
  warnings,
  word,
  type Members,
  type Schema,
} from '../platform/openapi/schemas.js';
import { flatMirror } from './flat-mirror.js';
import type { SessionAnswer } from './session-answer.js';

type InteractionAnswer = NonNullable<SessionAnswer['interaction']>[number];

const TIME = '2026-11-29 17:00:00 +0000 UTC';
const time = (description: string): Schema => text(description, TIME);
const party = (description: string): Schema =>
  text(`${description} Without plus; empty where there is none.`, '14155550123');
const url = (description: string): Schema =>
  text(`${description} Empty where none was given.`, 'https://shop.example/masking');
const method = (): Schema => word('How it is called.', ['GET', 'POST']);
const partyStatus = (): Schema => text('How the leg ended.', 'completed');

export const interactionMembers = (): Members<InteractionAnswer> => ({
  start_time: time('UTC.'),
  end_time: text('UTC; empty while it lasts.', ''),
  type: word('Always call.', ['call']),
  first_party_resource_url: orNull(url('Of the leg of the first party.')),
  second_party_resource_url: orNull(url('Of the leg of the second party.')),
  recording_resource_url: orNull(url('Of the recording; null where there is none.')),
  total_call_amount: decimal("Plivo's price and the account's own.", 0.0085),
  call_billed_duration: count('Seconds, of all legs.', 60),
  total_call_count: count('Legs.', 2),
  duration: count('Seconds that the parties talked.', 42),
  first_party_status: optional(partyStatus()),
  second_party_status: optional(partyStatus()),
});

const INTERACTION = shape<InteractionAnswer>('Interaction', interactionMembers);

/** Of sessions with texts, and absent in others. */
const textMembers = () => ({
  messaging: optional(flag('Whether texts are passed on; absent where they never were.', true)),
  total_message_count: optional(count('Texts that were taken to be passed on; beside `messaging` alone.', 3)),
  total_message_units: optional(count('Of both legs of all texts; beside `messaging` alone.', 6)),
  total_message_amount: optional(
    decimal(
      "Of both legs of all texts: Plivo's price, carriers' and the account's own; beside `messaging` alone.",
      0.0375,
    ),
  ),
  last_message_time: optional(
    text('UTC, when the last of them came; empty before the first; beside `messaging` alone.', TIME),
  ),
  message_callback_url: optional(url('Where text events are sent; callback_url where it is empty.')),
  message_callback_method: optional(method()),
  messaging_blocked: optional(
    listOf(
      word('A party.', ['first_party', 'second_party']),
      'Parties that want no texts from this number; absent where there is none.',
    ),
  ),
});

/** Of the session object: `text` members are as the client gave them. */
export const sessionMembers = (): Members<SessionAnswer> => ({
  first_party: party('Of the first party.'),
  second_party: party('Of the second party.'),
  virtual_number: text('Whom both call. Without plus.', '14155550100'),
  status: word('in-progress: a call is on.', ['active', 'in-progress', 'expired']),
  initiate_call_to_first_party: flag('Whether the first party was to be called at once.'),
  session_uuid: uuid('Of the session.'),
  callback_url: url('Where status events are sent.'),
  callback_method: method(),
  created_time: time('UTC.'),
  modified_time: time('UTC.'),
  expiry_time: time('UTC; empty for a session without an end.'),
  session_expiry: count('Seconds, as asked for.', 3600),
  duration: count('Seconds from creation to expiry; 0 for a session without an end.', 3600),
  amount: integer('Always 0.', 0),
  call_time_limit: count('Seconds.', 3600),
  ring_timeout: count('Seconds.', 120),
  first_party_play_url: url('Played to the first party.'),
  second_party_play_url: url('Played to the second party.'),
  record: flag('Whether calls are recorded.'),
  record_file_format: word('Of recordings.', ['mp3', 'wav']),
  recording_callback_url: url('Where recording events are sent.'),
  recording_callback_method: method(),
  interaction: orNull(listOf(INTERACTION, 'Calls; null before the first.')),
  total_call_amount: decimal('Of all calls.'),
  total_call_count: count('Legs of all calls.'),
  total_call_billed_duration: count('Seconds, of all legs.'),
  total_session_amount: decimal("All calls and texts, and the account's fee for the session."),
  last_interaction_time: text('UTC; empty before a call has ended.', ''),
  unknown_caller_play: url('Played to strangers.'),
  is_pin_authentication_required: flag('Whether unregistered callers are asked for a PIN.'),
  generate_pin: orNull(flag('Whether PINs were made; null with PIN off.')),
  generate_pin_length: orNull(count('Digits; null with PIN off.', 6)),
  first_party_pin: orNull(text('Null with PIN off.', '482913')),
  second_party_pin: orNull(text('Null with PIN off.', '730264')),
  pin_prompt_play: orNull(url('Played to ask for a PIN; null with PIN off.')),
  pin_retry: orNull(count('Repeats after a wrong PIN; null with PIN off.', 1)),
  pin_retry_wait: orNull(count('Seconds allowed for input; null with PIN off.', 5)),
  incorrect_pin_play: orNull(url('Played after a wrong PIN; null with PIN off.')),
  create_session_with_single_party: orNull(flag('Whether one party is enough; null where it was not said.')),
  virtual_number_cooloff_period: count('Seconds.'),
  force_pin_authentication: flag('Whether registered callers are asked too.'),
  subaccount: optional(text('Auth ID; absent for sessions of the account itself.', 'SAXXXXXXXXXXXXXXXXXX')),
  ...textMembers(),
});

const SESSION = shape<SessionAnswer>('Session', sessionMembers);

/** The first page of Plivo's documents shows the session's fields beside the object; with plus, numbers. */
function mirrorMembers(): Record<string, Schema> {
  const members: Record<string, Schema> = { ...sessionMembers() };
  const names = Object.keys(flatMirror(Object.fromEntries(Object.keys(members).map((name) => [name, ''])) as never));
  const plus = (description: string): Schema => text(`${description} With plus, unless empty.`, '+14155550123');
  return {
    ...Object.fromEntries(names.map((name) => [name, orInWords(members[name] ?? {})])),
    record_file_format: orNull(word('Of recordings; null with FLAT_ANSWERS=seed where none are made.', ['mp3', 'wav'])),
    virtual_number: plus('As in the object.'),
    first_party: plus('As in the object.'),
    second_party: plus('As in the object.'),
  };
}

function orInWords(schema: Schema): Schema {
  if (schema['type'] === 'string') return schema;
  return { anyOf: [schema, text('The same as a text, with FLAT_ANSWERS=seed.', '3600')] };
}

const inEnvelope = (name: string, message: string, place: 'session' | 'response'): Schema =>
  named(name, () =>
    object({
      api_id: apiId(),
      message: word('Always this.', [message]),
      ...mirrorMembers(),
      [place]: SESSION,
      ...(place === 'session' && { warnings: warnings() }),
    }),
  );

export const CREATED_SESSION = inEnvelope('CreatedSession', 'Session created', 'session');
export const UPDATED_SESSION = inEnvelope('UpdatedSession', 'Session updated', 'session');
export const FOUND_SESSION = inEnvelope('FoundSession', 'Session details', 'response');

export const ENDED_SESSION = shape<{ api_id: string; message: string }>('EndedSession', () => ({
  api_id: apiId(),
  message: word('Always this.', ['Session expired']),
}));

export const SESSION_LIST = shape<{ api_id: string; message: string; response: object; warnings?: string[] }>(
  'SessionList',
  () => ({
    api_id: apiId(),
    message: word('Always this.', ['Session list']),
    response: object({ meta: LIST_META, objects: listOf(LISTED_SESSION) }),
    warnings: warnings(),
  }),
);

const LISTED_SESSION = shape<SessionAnswer & { resource_uri: string }>('ListedSession', () => ({
  ...sessionMembers(),
  resource_uri: text('Path of the session.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Masking/Session/0198f6a2-…/'),
}));
