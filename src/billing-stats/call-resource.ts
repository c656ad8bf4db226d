import type { FoundSessionLeg } from '../call-routing/index.js';

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
function recordTime(instant: number | null): string | null {
  if (instant === null) return null;
  const text = new Date(instant).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}+00:00`;
}

/** Plivo's money has five places; a sixth digit, which no price list has, is shown rather than lost. */
function fivePlaces(micros: number): string {
  const digits = String(micros).padStart(7, '0');
  const fraction = digits.slice(-6);
  return `${digits.slice(0, -6)}.${fraction.endsWith('0') ? fraction.slice(0, 5) : fraction}`;
}
