import type { FoundSessionLeg } from '../call-routing/index.js';
import { apiId, count, integer, orNull, shape, text, word, type Members } from '../platform/openapi/schemas.js';

/**
 * A leg in the shape of Plivo's call records. What is not known yet, or never will be, is null; lengths and prices are 0 until they are known.
 * `total_amount` is Plivo's price: the account's own fees stand in its sessions.
 */
export function callResource({ leg, kind, aLegUuid, session }: FoundSessionLeg, resourceUri: string) {
  const isDialled = leg.side === 'B' || kind === 'request';
  const person = leg.role === 'first' ? session.first_party : session.second_party;
  return {
    answer_time: recordTime(leg.answeredAt),
    ...billOf(leg),
    call_direction: isDialled ? 'outbound' : 'inbound',
    call_state: leg.status === 'completed' ? 'ANSWER' : leg.status.toUpperCase(),
    call_uuid: leg.legUuid,
    cnam_lookup: '',
    conference_uuid: null,
    end_time: recordTime(leg.endedAt),
    from_number: isDialled ? session.virtual_number : person,
    hangup_cause_code: leg.hangupCauseCode,
    hangup_cause_name: leg.hangupCauseName,
    hangup_source: leg.hangupSource,
    initiation_time: recordTime(leg.startedAt),
    parent_call_uuid: leg.side === 'B' ? aLegUuid : null,
    resource_uri: resourceUri,
    source_ip: '',
    stir_attestation: '',
    stir_verification: 'Not Applicable',
    to_number: isDialled ? person : session.virtual_number,
    voice_network_group: '',
  };
}

function billOf({ duration, billedDuration, amount: micros }: FoundSessionLeg['leg']) {
  const billed = billedDuration ?? 0;
  const amount = micros ?? 0;
  return {
    call_duration: duration ?? 0,
    bill_duration: duration ?? 0,
    billed_duration: billed,
    total_amount: fivePlaces(amount),
    total_rate: fivePlaces(billed === 0 ? 0 : Math.round((amount * 60) / billed)),
  };
}

/** `2026-11-22 19:05:00+00:00`, as call records have it. */
export function recordTime(instant: number | null): string | null {
  if (instant === null) return null;
  const iso = new Date(instant).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}+00:00`;
}

/** Plivo's money has five places; a sixth digit, which no price list has, is shown rather than lost. */
export function fivePlaces(micros: number): string {
  const digits = String(micros).padStart(7, '0');
  const fraction = digits.slice(-6);
  return `${digits.slice(0, -6)}.${fraction.endsWith('0') ? fraction.slice(0, 5) : fraction}`;
}

type CallResource = ReturnType<typeof callResource>;

const time = () => orNull(text('UTC; null where it is not known.', '2026-11-29 17:00:00+00:00'));
const amount = (description: string) => text(description, '0.00850');
const number = () => text('Digits; empty where it was withheld.', '14155550123');
const members = (): Members<CallResource> => ({
  answer_time: time(),
  bill_duration: count('Seconds from answer to end.', 42),
  billed_duration: count('Seconds as Plivo bills them.', 60),
  call_direction: word('outbound: we dialled it.', ['inbound', 'outbound']),
  call_duration: count('Seconds from answer to end.', 42),
  call_state: text('How it ended.', 'ANSWER'),
  call_uuid: text("Plivo's.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  cnam_lookup: text('Always empty.', ''),
  conference_uuid: { type: 'null', description: 'Always null.', example: null },
  end_time: time(),
  from_number: number(),
  hangup_cause_code: orNull(integer('As Plivo told it.', 4000)),
  hangup_cause_name: orNull(text('As Plivo told it.', 'Normal Hangup')),
  hangup_source: orNull(text('Who ended it.', 'Caller')),
  initiation_time: time(),
  parent_call_uuid: orNull(
    text('The leg that dialled it; null for the first.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  ),
  resource_uri: text('Its path.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Call/0198f6a2-…/'),
  source_ip: text('Always empty.', ''),
  stir_attestation: text('Always empty.', ''),
  stir_verification: text('Always the same.', 'Not Applicable'),
  to_number: number(),
  total_amount: amount("Plivo's price."),
  total_rate: amount('A minute.'),
  voice_network_group: text('Always empty.', ''),
});

export const CALL_RESOURCE = shape<CallResource>('CallResource', members);
export const READ_CALL = shape<CallResource & { api_id: string }>('ReadCall', () => ({
  api_id: apiId(),
  ...members(),
}));
