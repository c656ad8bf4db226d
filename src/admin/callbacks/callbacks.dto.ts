import { IsIn } from 'class-validator';
import type { CallbackStatus, FoundCallback } from '../../callbacks/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, IsoInstant, isoText, SessionUuid } from '../values.dto.js';

const STATUSES = ['pending', 'delivered', 'parked'];

export class CallbacksQuery extends PageQuery {
  @IfGiven()
  @IsIn(STATUSES)
  status?: CallbackStatus;

  @IfGiven()
  @SessionUuid()
  session?: string;
}

export class CallbackQuery {
  /** `response_body`: what receivers answered, its first 1,024 bytes. */
  @IfGiven()
  @IsIn(['response_body'])
  include?: string;
}

/** Instants of when callbacks were made. */
export class ReplayBody {
  @IfGiven()
  @IsoInstant()
  since?: number;

  /** Exclusive. */
  @IfGiven()
  @IsoInstant()
  until?: number;

  /** Default: parked. */
  @IfGiven()
  @IsIn(STATUSES)
  status?: CallbackStatus;

  @IfGiven()
  @SessionUuid()
  session?: string;
}

/** A callback as operators see it: neither its URL nor the numbers in it. */
export function shownCallback({ callback, attempts }: FoundCallback) {
  return {
    id: callback.id,
    account: callback.accountId,
    session_uuid: callback.sessionId,
    call_id: callback.callId,
    stream: callback.stream,
    sequence_number: callback.sequence,
    event: callback.event,
    method: callback.method,
    status: callback.status,
    outcome: callback.outcome,
    created_at: isoText(callback.createdAt),
    next_attempt_at: callback.status === 'pending' ? isoText(callback.nextAttemptAt) : null,
    settled_at: isoText(callback.settledAt),
    attempts: attempts.map(({ number, startedAt, durationMs, status, error, answer }) => ({
      number,
      at: isoText(startedAt),
      duration_ms: durationMs,
      status,
      error,
      ...(answer !== undefined && { response_body: answer }),
    })),
  };
}
