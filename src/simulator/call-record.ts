import type { Leg } from './call.js';
import { rateWithFivePlaces } from './billing.js';
import { recordTime } from './console-time.js';
import { RestRefusal } from './rest-errors.js';
import type { Query } from './rest-list.js';
import type { World } from './world.js';

/** A finished leg as Plivo's call record. `bill_duration` is raw here and rounded in webhooks; `billed_duration` is rounded. */
export function callRecord(leg: Leg, { authId, settings }: World) {
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

/** Whether a finished leg passes the list's filters. */
export function matches(leg: Leg, query: Query): boolean {
  const { direction, from, to, parentUuid, subaccount } = leg.facts;
  const facts: Record<string, string> = {
    call_direction: direction,
    from_number: digits(from),
    to_number: digits(to),
    parent_call_uuid: parentUuid ?? '',
    subaccount: subaccount ?? '',
    hangup_cause_code: String(leg.ending?.code ?? 0),
    hangup_source: leg.ending?.source ?? '',
  };
  const isEqual = Object.entries(facts).every(([name, fact]) => {
    const wanted = query[name];
    return wanted === undefined || (name.endsWith('_number') ? digits(wanted) : wanted) === fact;
  });
  return isEqual && isEndInRange(leg, query);
}

function digits(number: string): string {
  return number.trim().replace('+', '');
}

const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  end_time__gt: (a, b) => a > b,
  end_time__gte: (a, b) => a >= b,
  end_time__lt: (a, b) => a < b,
  end_time__lte: (a, b) => a <= b,
};

function isEndInRange(leg: Leg, query: Query): boolean {
  return Object.entries(COMPARISONS).every(([name, holds]) => {
    const text = query[name];
    return text === undefined || holds(leg.endedAt ?? 0, readUtc(name, text));
  });
}

const FILTER_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2})(:\d{2})?(\.\d{1,6})?$/;

/** `YYYY-MM-DD HH:MM[:ss[.uuuuuu]]`, UTC. */
function readUtc(name: string, text: string): number {
  const [, day, minute, second = ':00', fraction = ''] = FILTER_TIME.exec(text) ?? [];
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${minute}${second}${fraction.slice(0, 4)}Z`);
  if (Number.isNaN(at)) throw new RestRefusal(400, `${name} parameter is not a valid time`);
  return at;
}
