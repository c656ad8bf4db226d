import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { id, instant, nullable, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';
import type { Role } from './roles.js';

/** A person or program that holds a token of /admin. Who holds ADMIN_TOKEN has no row. */
@Entity('operator')
@Index('operator_name', ['name'], { unique: true })
@Index('operator_token', ['tokenHash'], { unique: true })
@Index('operator_former_token', ['formerHash'], { unique: true })
export class Operator {
  @PrimaryColumn(id()) id!: string;
  /** Stands in the audit. */
  @Column(word(60)) name!: string;
  @Column(word(7)) role!: Role;
  /** SHA-256, base64url. Tokens have 240 random bits, so no salt is needed, and they outlive ENCRYPTION_KEY. */
  @Column({ ...word(43), name: 'token_hash' }) tokenHash!: string;
  /** Of the token before the last rotation, which opens until `formerUntil`. */
  @Column({ ...word(43), ...nullable, name: 'former_hash' }) formerHash!: string | null;
  @Column({ ...instant(), ...nullable, name: 'former_until' }) formerUntil!: number | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** To the minute. */
  @Column({ ...instant(), ...nullable, name: 'last_used_at' }) lastUsedAt!: number | null;
}

export const OPERATORS = tableOf(Operator);
