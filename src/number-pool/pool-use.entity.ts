import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** Live sessions of a number when they were last taken; a number without a row had none. */
@Entity('number_use')
export class NumberUse {
  @PrimaryColumn({ type: 'int', name: 'virtual_number_id' }) virtualNumberId!: number;
  @Column({ type: 'int' }) sessions!: number;
  /** Parties whose phone is known; a party stands here once for each of its sessions. */
  @Column({ type: 'int' }) parties!: number;
  /** One instant for all rows. */
  @Column({ ...instant(), name: 'taken_at' }) takenAt!: number;
}

/** The busiest parties of a pool, taken at the same instant. */
@Entity('pool_use', { withoutRowid: true })
export class PoolUse {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Empty: the main account's pool. */
  @PrimaryColumn({ ...authId(), name: 'subaccount_id' }) subaccountId!: string;
  @PrimaryColumn(word(2)) country!: string;
  @Column({ type: 'int', name: 'max_sessions_first' }) maxSessionsFirst!: number;
  @Column({ type: 'int', name: 'max_sessions_second' }) maxSessionsSecond!: number;
}

export const NUMBER_USES = tableOf(NumberUse);
export const POOL_USES = tableOf(PoolUse);
