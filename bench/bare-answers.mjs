import { randomUUID } from 'node:crypto';

// What the service would answer, in size and shape, without the code that decides it.

export const SETTINGS = {
  record: false,
  record_file_format: 'mp3',
  recording_callback_url: '',
  recording_callback_method: 'POST',
  callback_url: '',
  callback_method: 'POST',
  initiate_call_to_first_party: false,
  first_party_play_url: '',
  second_party_play_url: '',
  geomatch: true,
  unknown_caller_play: '',
  virtual_number_cooloff_period: 0,
  is_pin_authentication_required: false,
  generate_pin: null,
  generate_pin_length: null,
  pin_prompt_play: null,
  pin_retry: null,
  pin_retry_wait: null,
  incorrect_pin_play: null,
  force_pin_authentication: false,
  session_expiry: 3600,
  call_time_limit: 3600,
  ring_timeout: 120,
  create_session_with_single_party: null,
};

const TOTALS = { total_call_amount: 0, total_call_count: 0, total_call_billed_duration: 0, last_interaction_time: '' };

export function createAnswer(row, interactions) {
  return envelope('Session created', 'session', sessionAnswer(row, interactions));
}

export function getAnswer(row, interactions) {
  return envelope('Session details', 'response', sessionAnswer(row, interactions));
}

function envelope(message, name, session) {
  return {
    api_id: randomUUID(),
    message,
    session_uuid: session.session_uuid,
    virtual_number: `+${session.virtual_number}`,
    first_party: `+${session.first_party}`,
    second_party: `+${session.second_party}`,
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
    [name]: session,
  };
}

function sessionAnswer(row, interactions) {
  const parties = JSON.parse(row.parties);
  const settings = JSON.parse(row.settings);
  // The one setting that the API does not tell.
  delete settings.geomatch;
  return {
    first_party: parties.first,
    second_party: parties.second,
    virtual_number: row.virtualNumber,
    status: row.status,
    session_uuid: row.id,
    ...settings,
    created_time: apiTime(row.createdAt),
    modified_time: apiTime(row.modifiedAt),
    expiry_time: apiTime(row.expiresAt),
    duration: 3600,
    amount: 0,
    interaction: interactions.length === 0 ? null : interactions,
    ...TOTALS,
    total_session_amount: 0,
    first_party_pin: null,
    second_party_pin: null,
  };
}

function apiTime(instant) {
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} +0000 UTC`;
}

export function connectAnswer({ origin, authId, session, callId, dial }) {
  const base = `${origin}/plivo/${authId}/sessions/${session.id}/calls/${callId}`;
  const repeats = '#ct=2000&amp;rt=5000&amp;rc=5&amp;rp=all&amp;tt=55000';
  const shown = `+${session.virtualNumber}`;
  return `<Response><Dial callerId="${shown}" callerName="${shown}" timeout="120" timeLimit="3600" callbackUrl="${base}/dial-event${repeats}" callbackMethod="POST" action="${base}/dial-action${repeats}" method="POST" redirect="true"><Number>+${dial}</Number></Dial></Response>`;
}
