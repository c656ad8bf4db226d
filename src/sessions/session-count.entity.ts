import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, instant } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** Up to when an account's sessions are counted in `session_count`, by their creation; younger ones are counted when somebody asks. */
@Entity('session_fold')
export class SessionFold {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** The instant after the last. */
  @Column({ ...instant(), name: 'counted_until' }) countedUntil!: number;
}

/** How many sessions of a block end in a slot of time. What is summed up in an answer is always the sessions that there are. */
@Entity('session_count', { withoutRowid: true })
export class SessionCount {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** First instant of creation in the block; it reaches to the next one's, the last to `counted_until`. */
  @PrimaryColumn({ ...instant(), name: 'block_at' }) blockAt!: number;
  /** Empty: the account's own. */
  @PrimaryColumn({ ...authId(), name: 'subaccount_id' }) subaccountId!: string;
  /** First instant of the slot in which their `expires_at` is. */
  @PrimaryColumn({ ...instant(), name: 'expires_slot' }) expiresSlot!: number;
  @Column({ type: 'int' }) sessions!: number;
}

export const SESSION_FOLDS = tableOf(SessionFold);
export const SESSION_COUNTS = tableOf(SessionCount);

/** What lies between is counted row by row, so a slot is to be short; and a block has a count for each in which its sessions end, so not too short. */
export const SLOT_MS = 600_000;

export function slotOf(expiresAt: number): number {
  return expiresAt - (expiresAt % SLOT_MS);
}
