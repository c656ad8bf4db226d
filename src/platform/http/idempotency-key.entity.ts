import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { id, instant, nullable, word } from '../database/columns.js';
import { tableOf } from '../database/rows.js';

/** An `Idempotency-Key` of one owner, what was asked under it and what was answered; kept 7 days. */
@Entity('idempotency_key')
@Index('idempotency_key_created', ['createdAt'])
@Index('idempotency_key_about', ['about', 'createdAt'])
export class IdempotencyKey {
  /** Auth ID, or `admin`. */
  @PrimaryColumn(word(20)) owner!: string;
  /** Digest of the key. */
  @PrimaryColumn({ ...word(43), name: 'key_hash' }) keyHash!: string;
  /** Digest of method, path and body: the same key with another request is refused. Empty once what was asked is erased: any request will do. */
  @Column({ ...word(43), name: 'request_hash' }) requestHash!: string;
  /** Names the request that works on it; null once answered. */
  @Column({ ...id(), ...nullable }) lease!: string | null;
  /** A worker that died is replaced after this. */
  @Column({ ...instant(), name: 'lease_until' }) leaseUntil!: number;
  @Column({ type: 'int', nullable: true, name: 'answer_status' }) answerStatus!: number | null;
  /** Sealed. */
  @Column({ type: 'text', nullable: true, name: 'answer_body' }) answerBody!: string | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** The session, or the erasure, that was asked for or about; empty for anything else; null until it is answered, and in rows of earlier versions. */
  @Column({ ...id(), ...nullable }) about!: string | null;
}

export const IDEMPOTENCY_KEYS = tableOf(IdempotencyKey);
