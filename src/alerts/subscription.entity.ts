import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, id, instant, nullable, word } from '../platform/database/columns.js';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import { tableOf } from '../platform/database/rows.js';

/** Where an operator is told, and of what. */
@Entity('subscription')
export class Subscription {
  @PrimaryColumn(id()) id!: string;
  /** Sealed, with its fragment: such URLs often open what they lead to. */
  @Column({ type: 'text' }) url!: string;
  /** Types of alerts, with a blank between two. */
  @Column(word(500)) events!: string;
  /** What is told is this account's alone; null: everything. */
  @Column({ ...authId(), ...nullable, name: 'account_id' }) accountId!: string | null;
  /** Sealed: `whsec_` and Base64 of 32 bytes. */
  @Column(word(200)) secret!: string;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** Of the latest attempt to deliver to it. */
  @Column({ ...instant(), ...nullable, name: 'last_attempt_at' }) lastAttemptAt!: number | null;
  /** Status code or class of failure. */
  @Column({ ...word(24), ...nullable, name: 'last_outcome' }) lastOutcome!: string | null;
}

/** What was told lately, so that the same is not told again while it goes on. Kept for a day. */
@Entity('told_cause')
@Index('told_cause_at', ['toldAt'])
export class ToldCause {
  /** Digest of type, account and cause. */
  @PrimaryColumn(word(43)) cause!: string;
  @Column({ ...instant(), name: 'told_at' }) toldAt!: number;
}

export const SUBSCRIPTIONS = tableOf(Subscription);
export const TOLD_CAUSES = tableOf(ToldCause);

const placeOf =
  (column: SealedPlace['column']) =>
  (row: string): SealedPlace => ({ column, row, account: '' });
export const urlPlace = placeOf('subscription.url');
export const secretPlace = placeOf('subscription.secret');
