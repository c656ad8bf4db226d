import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, micros } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** What an account with a spend cap has spent on a UTC day, and what calls that are on may still cost. `spent + reserved` never exceeds the cap. */
@Entity('account_spend')
export class AccountSpend {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** The day's first instant. */
  @PrimaryColumn(instant()) day!: number;
  @Column(micros()) spent!: number;
  @Column(micros()) reserved!: number;
  /** Whether a call was refused because of the cap; the operator is told once. */
  @Column({ ...flag(), name: 'is_cap_reached' }) isCapReached!: boolean;
}

/** What one call that is on, or is about to be placed, may cost at the most. Gone once its cost is known. */
@Entity('spend_reservation')
@Index('spend_reservation_day', ['day'])
export class SpendReservation {
  /** Id of the requested call, otherwise of the call. */
  @PrimaryColumn(id()) holder!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column(instant()) day!: number;
  @Column(micros()) amount!: number;
}

export const SPENDS = tableOf(AccountSpend);
export const RESERVATIONS = tableOf(SpendReservation);
