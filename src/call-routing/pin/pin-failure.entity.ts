import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, id, instant, nullable, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** A wrong PIN: what the locks count. Kept for the hour in which it counts, and until the next purge. */
@Entity('pin_failure')
@Index('pin_failure_caller', ['accountId', 'callerIndex', 'failedAt'])
@Index('pin_failure_session', ['sessionId'])
@Index('pin_failure_number', ['accountId', 'virtualNumber', 'failedAt'])
export class PinFailure {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** The session whose prompt was heard. */
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  /** Keyed index of the caller, the same for all spellings of its number; `withheld` for those that show none, `repeated` for what its caller had typed just before. */
  @Column({ ...word(22), name: 'caller_index' }) callerIndex!: string;
  @Column({ ...instant(), name: 'failed_at' }) failedAt!: number;
  /** Where it counts against the number, which a registered caller's own PIN does not; null also in rows of earlier versions. */
  @Column({ ...word(15), ...nullable, name: 'virtual_number' }) virtualNumber!: string | null;
  /** Keyed index of what was typed, to know a repetition. */
  @Column({ ...word(22), ...nullable, name: 'typed_index' }) typedIndex!: string | null;
}

export const PIN_FAILURES = tableOf(PinFailure);
