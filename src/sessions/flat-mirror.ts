import type { Config } from '../platform/settings/config.js';
import type { SessionAnswer } from './session-answer.js';

/** What that page's sample writes where there is nothing. */
const NOTHING = 'null';

/** The 23 fields that the first page of the API's documents shows at the top level; numbers with plus, as there. No PINs. */
export function flatMirror(session: SessionAnswer, kind: Config['sessions']['flatAnswers'] = 'native') {
  const plus = (number: string): string => (number === '' ? '' : `+${number}`);
  // Written one by one: put together from a list of names it cost each answer 5 us.
  const mirror = {
    session_uuid: session.session_uuid,
    virtual_number: plus(session.virtual_number),
    first_party: plus(session.first_party),
    second_party: plus(session.second_party),
    status: session.status,
    record: session.record,
    recording_callback_url: session.recording_callback_url,
    record_file_format: session.record_file_format,
    session_expiry: session.session_expiry,
    call_time_limit: session.call_time_limit,
    initiate_call_to_first_party: session.initiate_call_to_first_party,
    callback_url: session.callback_url,
    ring_timeout: session.ring_timeout,
    first_party_play_url: session.first_party_play_url,
    second_party_play_url: session.second_party_play_url,
    created_time: session.created_time,
    modified_time: session.modified_time,
    expiry_time: session.expiry_time,
    last_interaction_time: session.last_interaction_time,
    total_call_count: session.total_call_count,
    total_call_amount: session.total_call_amount,
    total_call_billed_duration: session.total_call_billed_duration,
    interaction: session.interaction,
  };
  return kind === 'seed' ? { ...mirror, ...asInTheSample(session) } : mirror;
}

/** Everything is a text there, a time has no zone, and what has not happened or was not given is the word null. */
function asInTheSample(session: SessionAnswer) {
  const wasModified = session.modified_time !== session.created_time;
  return {
    record: String(session.record),
    initiate_call_to_first_party: String(session.initiate_call_to_first_party),
    session_expiry: String(session.session_expiry),
    call_time_limit: String(session.call_time_limit),
    ring_timeout: String(session.ring_timeout),
    recording_callback_url: session.recording_callback_url || NOTHING,
    callback_url: session.callback_url || NOTHING,
    first_party_play_url: session.first_party_play_url || NOTHING,
    second_party_play_url: session.second_party_play_url || NOTHING,
    // The one null of the sample that is none in quotes.
    record_file_format: session.record ? session.record_file_format : null,
    created_time: withoutZone(session.created_time),
    modified_time: wasModified ? withoutZone(session.modified_time) : NOTHING,
    expiry_time: withoutZone(session.expiry_time),
    last_interaction_time: withoutZone(session.last_interaction_time),
    total_call_count: String(session.total_call_count),
    total_call_amount: String(session.total_call_amount),
    total_call_billed_duration: String(session.total_call_billed_duration),
    interaction: session.interaction === null ? '{}' : JSON.stringify(session.interaction),
  };
}

function withoutZone(time: string): string {
  return time.slice(0, 'YYYY-MM-DD HH:MM:SS'.length) || NOTHING;
}
