import type { Interaction } from './interaction.entity.js';
import { NEVER } from './session.entity.js';
import { isLive, type SessionRecord } from './session-record.js';
import { NO_TEXTS, type TextTotals } from './text-totals.js';

/** `YYYY-MM-DD HH:MM:SS +0000 UTC`, whole seconds; the empty string for what has not happened. */
function apiTime(instant: number | null): string {
  if (instant === null || instant >= NEVER) return '';
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} +0000 UTC`;
}

/** Millionths as a JSON number; five or six decimals survive the way through a double unharmed. */
function amount(micros: number): number {
  return micros / 1_000_000;
}

export interface AnswerContext {
  /** Parties that want no texts from its number. */
  silent?: readonly ('first' | 'second')[];
  now: number;
  /** PUBLIC_URL. */
  publicUrl: string;
}

/** The session object of the masking API: native types, numbers without plus, PINs in clear because there is no other way to learn them. */
export function sessionAnswer(
  session: SessionRecord,
  interactions: Interaction[],
  context: AnswerContext,
  texts: TextTotals = NO_TEXTS,
) {
  const { settings, parties } = session;
  const isPinOn = settings.is_pin_authentication_required;
  const isEndless = session.expiresAt >= NEVER;
  // Summed here and stored nowhere: a total cannot disagree with what it is the total of.
  const callMicros = sum(interactions, chargeOf);
  return {
    first_party: parties.first ?? '',
    second_party: parties.second ?? '',
    virtual_number: session.virtualNumber,
    status: statusOf(session, interactions, context.now),
    initiate_call_to_first_party: settings.initiate_call_to_first_party,
    session_uuid: session.id,
    callback_url: settings.callback_url,
    callback_method: settings.callback_method,
    created_time: apiTime(session.createdAt),
    modified_time: apiTime(session.modifiedAt),
    expiry_time: apiTime(session.expiresAt),
    session_expiry: settings.session_expiry,
    duration: isEndless ? 0 : Math.floor((session.expiresAt - session.createdAt) / 1000),
    // A whole number wherever it is typed, as in the Go SDK: an account's own fee is in the total alone.
    amount: 0,
    call_time_limit: settings.call_time_limit,
    ring_timeout: settings.ring_timeout,
    first_party_play_url: settings.first_party_play_url,
    second_party_play_url: settings.second_party_play_url,
    record: settings.record,
    record_file_format: settings.record_file_format,
    recording_callback_url: settings.recording_callback_url,
    recording_callback_method: settings.recording_callback_method,
    interaction: interactions.length === 0 ? null : interactions.map((one) => interactionAnswer(one, session, context)),
    total_call_amount: amount(callMicros),
    total_call_count: sum(interactions, (one) => one.legCount),
    total_call_billed_duration: sum(interactions, (one) => one.billedDuration),
    total_session_amount: amount(session.fee + callMicros + texts.amount),
    last_interaction_time: apiTime(lastEnd(interactions)),
    unknown_caller_play: settings.unknown_caller_play,
    is_pin_authentication_required: isPinOn,
    generate_pin: settings.generate_pin,
    generate_pin_length: settings.generate_pin_length,
    first_party_pin: isPinOn ? parties.firstPin : null,
    second_party_pin: isPinOn ? parties.secondPin : null,
    pin_prompt_play: settings.pin_prompt_play,
    pin_retry: settings.pin_retry,
    pin_retry_wait: settings.pin_retry_wait,
    incorrect_pin_play: settings.incorrect_pin_play,
    create_session_with_single_party: settings.create_session_with_single_party,
    virtual_number_cooloff_period: settings.virtual_number_cooloff_period,
    force_pin_authentication: settings.force_pin_authentication,
    ...(session.subaccountId === null ? {} : { subaccount: session.subaccountId }),
    ...(settings.messaging === undefined ? {} : textsAnswer(settings, texts)),
    ...blockedAnswer(context.silent),
  };
}

/** There in sessions with texts alone: others are answered as they ever were. */
function textsAnswer(
  { messaging, message_callback_url: url = '', message_callback_method: method = 'POST' }: SessionRecord['settings'],
  { texts, units, amount: micros, lastAt }: TextTotals,
) {
  return {
    messaging,
    message_callback_url: url,
    message_callback_method: method,
    // Calls have a sum for each of them; of texts the sums are all that a session tells.
    total_message_count: texts,
    total_message_units: units,
    total_message_amount: amount(micros),
    last_message_time: apiTime(lastAt),
  };
}

function blockedAnswer(silent: AnswerContext['silent'] = []) {
  return silent.length === 0 ? {} : { messaging_blocked: silent.map((role) => `${role}_party` as const) };
}

export type SessionAnswer = ReturnType<typeof sessionAnswer>;

/** Who is masked in a session, and behind which number. */
export type SessionFace = Pick<SessionAnswer, 'first_party' | 'second_party' | 'virtual_number'>;

function sum(interactions: Interaction[], of: (interaction: Interaction) => number): number {
  return interactions.reduce((total, one) => total + of(one), 0);
}

/** Plivo's price and the account's own on top of it. */
function chargeOf({ amount: plivo, ownAmount }: Interaction): number {
  return plivo + (ownAmount ?? 0);
}

function lastEnd(interactions: Interaction[]): number | null {
  const ends = interactions.flatMap((one) => (one.endedAt === null ? [] : [one.endedAt]));
  return ends.length === 0 ? null : Math.max(...ends);
}

function statusOf(
  session: SessionRecord,
  interactions: Interaction[],
  now: number,
): 'active' | 'in-progress' | 'expired' {
  if (!isLive(session, now)) return 'expired';
  return interactions.some((one) => one.endedAt === null && one.busyUntil > now) ? 'in-progress' : 'active';
}

function interactionAnswer(interaction: Interaction, session: SessionRecord, { publicUrl }: AnswerContext) {
  // A subaccount's credentials open its own path alone, its account's open both.
  const account = `${publicUrl}/v1/Account/${session.subaccountId ?? session.accountId}`;
  const legUrl = (uuid: string | null): string | null => (uuid === null ? null : `${account}/Call/${uuid}`);
  return {
    start_time: apiTime(interaction.startedAt),
    end_time: apiTime(interaction.endedAt),
    type: 'call',
    first_party_resource_url: legUrl(interaction.firstLegUuid),
    second_party_resource_url: legUrl(interaction.secondLegUuid),
    recording_resource_url: interaction.recordingId === null ? null : `${account}/Recording/${interaction.recordingId}`,
    total_call_amount: amount(chargeOf(interaction)),
    call_billed_duration: interaction.billedDuration,
    total_call_count: interaction.legCount,
    duration: interaction.duration,
    ...(interaction.firstStatus === null ? {} : { first_party_status: interaction.firstStatus }),
    ...(interaction.secondStatus === null ? {} : { second_party_status: interaction.secondStatus }),
  };
}
