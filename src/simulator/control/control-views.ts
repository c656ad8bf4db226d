import type { Call, Leg } from '../calls/call.js';
import type { Phone, Sighting } from '../calls/phones.js';
import type { Text } from '../texts/text.js';

export function callSummary(call: Call) {
  const { from, to, direction, initiatedAt } = call.aLeg.facts;
  return {
    call_uuid: call.uuid,
    request_uuid: call.requestUuid,
    direction,
    from,
    to,
    status: call.status,
    started_at: iso(initiatedAt),
  };
}

/** Everything that happened in a call, for the one who looks into it. */
export function callView(call: Call) {
  return {
    ...callSummary(call),
    legs: [call.aLeg, ...call.bLegs].map(legView),
    timeline: call.timeline.map(withIsoTime),
    webhooks: call.webhooks.map((webhook) => ({
      ...withIsoTime(webhook),
      attempts: webhook.attempts.length,
      tries: webhook.attempts.map(withIsoTime),
    })),
    documents: call.documents.map(withIsoTime),
  };
}

function legView(leg: Leg) {
  const { direction, from, to, callerName, rate, initiatedAt, parentUuid } = leg.facts;
  return {
    leg_uuid: leg.uuid,
    parent_call_uuid: parentUuid,
    direction,
    from,
    to,
    caller_name: callerName,
    started_at: iso(initiatedAt),
    answered_at: isoOrNull(leg.answeredAt),
    bridged_at: isoOrNull(leg.bridgedAt),
    ended_at: isoOrNull(leg.endedAt),
    duration: leg.durationSeconds,
    billed_duration: leg.endedAt === null ? 0 : leg.billedSeconds,
    rate,
    cost: leg.endedAt === null ? null : leg.cost,
    hangup_cause_code: leg.ending?.code ?? null,
    hangup_cause_name: leg.ending?.name ?? null,
    hangup_source: leg.ending?.source ?? null,
  };
}

export function phoneView(phone: Phone, sightings: readonly Sighting[]) {
  return {
    number: phone.number,
    state: phone.state,
    behaviour: phone.behaviour,
    after_seconds: phone.afterSeconds,
    types: phone.types,
    ringing: phone.ringing.map(({ callUuid, callerId, callerName }) => ({
      call_uuid: callUuid,
      caller_id: callerId,
      caller_name: callerName,
    })),
    sightings: sightings.filter((sighting) => sighting.phone === phone.number).map(withIsoTime),
    captions: phone.captions.map(withIsoTime),
    digits: phone.digits.map(withIsoTime),
    texts: phone.texts.map(withIsoTime),
    text_outcome: phone.textOutcome.state,
  };
}

/** `status` of a webhook: the state that it tells. */
export function textView({ uuid, facts, state, errorCode, units, amount, webhooks }: Text) {
  const { direction, from, to, text, mediaCount, at, log, expirySeconds, request } = facts;
  return {
    message_uuid: uuid,
    direction,
    from,
    to,
    text,
    media_count: mediaCount,
    state,
    error_code: errorCode,
    units,
    amount,
    log,
    message_expiry: expirySeconds,
    at: iso(at),
    request,
    webhooks: webhooks.map((webhook) => ({
      ...withIsoTime(webhook),
      attempts: webhook.attempts.length,
      tries: webhook.attempts.map(withIsoTime),
      answered: webhook.status,
      status: webhook.params['Status'] ?? null,
    })),
  };
}

export function withIsoTime<T extends { at: number }>(item: T): Omit<T, 'at'> & { at: string } {
  return { ...item, at: iso(item.at) };
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
