import { rateWithFivePlaces } from '../calls/billing.js';
import type { Leg } from '../calls/call.js';
import { recordTime } from '../calls/console-time.js';
import type { Settings } from '../rules/settings.js';

/** A finished leg as Plivo's call record. `authId`: whose path it is read on. `bill_duration` is raw here and rounded in webhooks; `billed_duration` is rounded. */
export function callRecord(leg: Leg, authId: string, settings: Settings) {
  const { direction, from, to, initiatedAt, parentUuid, rate } = leg.facts;
  const zone = settings.time_zone_offset;
  return {
    answer_time: recordTime(leg.answeredAt, zone),
    bill_duration: leg.durationSeconds,
    billed_duration: leg.billedSeconds,
    call_direction: direction,
    call_duration: leg.durationSeconds,
    call_state: leg.answeredAt === null ? (leg.ending?.status ?? 'failed').toUpperCase() : 'ANSWER',
    call_uuid: leg.uuid,
    cnam_lookup: null,
    conference_uuid: null,
    end_time: recordTime(leg.endedAt, zone),
    from_number: from,
    hangup_cause_code: leg.ending?.code ?? 0,
    hangup_cause_name: leg.ending?.name ?? 'Unknown',
    hangup_source: leg.ending?.source ?? 'Unknown',
    initiation_time: recordTime(initiatedAt, zone),
    parent_call_uuid: parentUuid,
    resource_uri: `/v1/Account/${authId}/Call/${leg.uuid}/`,
    source_ip: null,
    stir_attestation: '',
    stir_verification: 'Not Applicable',
    to_number: to.replace('+', ''),
    total_amount: leg.cost,
    total_rate: rateWithFivePlaces(rate),
    voice_network_group: 'Simulated Network',
  };
}
