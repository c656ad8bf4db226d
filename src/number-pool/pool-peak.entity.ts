import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** How many numbers a pool needed at the most on a day; a day on which nobody looked has no row. Kept for two months. */
@Entity('pool_peak', { withoutRowid: true })
@Index('pool_peak_day', ['day'])
export class PoolPeak {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Empty: the main account's pool. */
  @PrimaryColumn({ ...authId(), name: 'subaccount_id' }) subaccountId!: string;
  @PrimaryColumn(word(2)) country!: string;
  /** First instant of the UTC day. */
  @PrimaryColumn(instant()) day!: number;
  @Column({ type: 'int', name: 'numbers_needed' }) numbersNeeded!: number;
}

export const POOL_PEAKS = tableOf(PoolPeak);
