import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, id, instant, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** A wrong PIN: what the locks count. Kept an hour past the session's end at most by the purge. */
@Entity('pin_failure')
@Index('pin_failure_caller', ['accountId', 'callerIndex', 'failedAt'])
@Index('pin_failure_session', ['sessionId'])
export class PinFailure {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** The session whose prompt was heard. */
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  /** Keyed index of the caller, the same for all spellings of its number; `withheld` for all that show none. */
  @Column({ ...word(22), name: 'caller_index' }) callerIndex!: string;
  @Column({ ...instant(), name: 'failed_at' }) failedAt!: number;
}

export const PIN_FAILURES = tableOf(PinFailure);
