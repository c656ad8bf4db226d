import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** Sessions refused in an hour because a pool had no number for them. */
@Entity('pool_refusal')
export class PoolRefusalHour {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Empty: the main account's pool. */
  @PrimaryColumn({ ...authId(), name: 'subaccount_id' }) subaccountId!: string;
  /** Empty: a number of any country would have done. */
  @PrimaryColumn({ ...word(4), name: 'calling_code' }) callingCode!: string;
  /** First instant of the UTC hour; a day is kept. */
  @PrimaryColumn(instant()) hour!: number;
  @Column({ type: 'int' }) refusals!: number;
}

export const REFUSALS = tableOf(PoolRefusalHour);
