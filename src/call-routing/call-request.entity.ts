import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, id, instant, nullable, word } from '../platform/database/columns.js';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import { tableOf } from '../platform/database/rows.js';

export type CallRequestStatus = 'wanted' | 'placing' | 'placed' | 'answered' | 'over' | 'failed';

/** A wish to be called: the first party is rung, then the second. It becomes one call or none, never two. */
@Entity('call_request')
@Index('call_request_session', ['sessionId', 'createdAt'])
@Index('call_request_rung', ['accountId', 'rung'])
export class CallRequest {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  /** `placing` is written before Plivo is asked: found again after a crash, it means that the outcome is unknown. */
  @Column(word(8)) status!: CallRequestStatus;
  /** Why it failed, or what is waited for: a word for the timeline. */
  @Column({ ...word(40), ...nullable }) reason!: string | null;
  /** The one call that may use this request. */
  @Column({ ...word(64), ...nullable, name: 'call_uuid' }) callUuid!: string | null;
  /**
   * Sealed digits of whom Plivo was asked to ring, which the session's first party may be no more. Null before, and again once it is known what became of
   * that: whom a call rang stands in the call.
   */
  @Column({ ...word(200), ...nullable }) rung!: string | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  @Column({ ...instant(), ...nullable, name: 'placed_at' }) placedAt!: number | null;
  /** Until when it holds its session busy while nothing is heard of it. */
  @Column({ ...instant(), name: 'pending_until' }) pendingUntil!: number;
}

export const rungPlace = ({ id: row, accountId: account }: Pick<CallRequest, 'id' | 'accountId'>): SealedPlace => ({
  column: 'call_request.rung',
  row,
  account,
});

export const CALL_REQUESTS = tableOf(CallRequest);
