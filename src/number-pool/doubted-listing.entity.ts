import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** The account's last listing lacked most of its numbers or of their applications, and has changed nothing; the next one decides. */
@Entity('doubted_listing', { withoutRowid: true })
export class DoubtedListing {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column(instant()) at!: number;
  /** What it lacked. */
  @Column({ ...word(12), default: 'numbers' }) reason!: 'numbers' | 'applications';
}

export const DOUBTED_LISTINGS = tableOf(DoubtedListing);
