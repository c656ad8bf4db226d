import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { id, instant, large, nullable, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** One write through the admin API, or a customer's deletion: who, what, when. */
@Entity('audit_entry')
@Index('audit_entry_time', ['at', 'id'])
@Index('audit_entry_actor', ['actor', 'at', 'id'])
@Index('audit_entry_operator', ['operator', 'at', 'id'])
@Index('audit_entry_action', ['action', 'at', 'id'])
@Index('audit_entry_target', ['target', 'at', 'id'])
@Index('audit_entry_position', ['position'], { unique: true })
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
  /** Counts up from 1 without a gap; null only for what a version before writes beside this one. */
  @Column({ ...large(), ...nullable }) position!: number | null;
  /** Covers the entry and the hash of the one before: `hashOfEntry`. */
  @Column({ ...word(43), ...nullable }) hash!: string | null;
}

/** One row: where the chain of entries ends, and where it begins now that older entries are forgotten. */
@Entity('audit_chain')
export class AuditChain {
  /** 1. */
  @PrimaryColumn({ type: 'int' }) id!: number;
  @Column({ ...large(), name: 'head_position' }) headPosition!: number;
  @Column({ ...word(43), name: 'head_hash' }) headHash!: string;
  /** Of the last entry that was forgotten; 0 and empty before the first. */
  @Column({ ...large(), name: 'anchor_position' }) anchorPosition!: number;
  @Column({ ...word(43), name: 'anchor_hash' }) anchorHash!: string;
}

export const AUDIT_ENTRIES = tableOf(AuditEntry);
export const AUDIT_CHAINS = tableOf(AuditChain);
