import type { FoundCall, FoundLeg } from '../../call-routing/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, IsoInstant, isoText, moneyText, SessionUuid, withPlus } from '../values.dto.js';

export class CallsQuery extends PageQuery {
  @IfGiven()
  @SessionUuid()
  session?: string;

  @IfGiven()
  @IsoInstant()
  from?: number;

  /** Exclusive. */
  @IfGiven()
  @IsoInstant()
  to?: number;
}

/** A call as operators see it: by roles, without the number of a party. */
export function shownCall({ call, legs, outcome, reason, virtualNumber }: FoundCall) {
  return {
    call_id: call.id,
    account: call.accountId,
    session_uuid: call.sessionId,
    virtual_number: withPlus(virtualNumber),
    kind: call.kind,
    decision: call.decision,
    outcome,
    reason,
    started_at: isoText(call.createdAt),
    ended_at: isoText(call.endedAt),
    legs: legs.map(shownLeg),
  };
}

function shownLeg(leg: FoundLeg) {
  return {
    call_uuid: leg.legUuid,
    side: leg.side,
    role: leg.role,
    status: leg.status,
    cause_code: leg.hangupCauseCode,
    cause: leg.cause,
    started_at: isoText(leg.startedAt),
    answered_at: isoText(leg.answeredAt),
    ended_at: isoText(leg.endedAt),
    duration_seconds: leg.duration,
    billed_seconds: leg.billedDuration,
    cost: leg.amount === null ? null : moneyText(leg.amount),
  };
}
