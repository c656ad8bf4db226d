import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { id, instant, nullable, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** One write through the admin API, or a customer's deletion: who, what, when. */
@Entity('audit_entry')
@Index('audit_entry_at', ['at'])
export class AuditEntry {
  @PrimaryColumn(id()) id!: string;
  @Column(instant()) at!: number;
  /** `admin`: an operator. An Auth ID: a customer. */
  @Column(word(20)) actor!: string;
  /** The name of the operator; null for a customer. */
  @Column({ ...word(60), ...nullable }) operator!: string | null;
  /** For example `number.added`. */
  @Column(word(40)) action!: string;
  /** Ids and virtual numbers; no party's number, no secret. */
  @Column(word(100)) target!: string;
  @Column({ type: 'text' }) details!: string;
  @Column({ ...word(36), name: 'request_id' }) requestId!: string;
}

export const AUDIT_ENTRIES = tableOf(AuditEntry);
