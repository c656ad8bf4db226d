import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, flag, instant, keyedIndex, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** What is counted of an account in a day. */
export type Counted = 'requested-calls' | 'destinations';

/** How much of a daily cap an account has used on a UTC day; no row: nothing, or it has no such cap. */
@Entity('daily_count', { withoutRowid: true })
export class DailyCount {
  /** The day's first instant. */
  @PrimaryColumn(instant()) day!: number;
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @PrimaryColumn(word(16)) counted!: Counted;
  @Column({ type: 'int' }) taken!: number;
  /** Whether a call was refused because of the cap; the operator is told once. */
  @Column({ ...flag(), name: 'is_cap_reached' }) isCapReached!: boolean;
}

/** A phone that an account with a cap of different phones has dialled on a UTC day. Kept for that day and the next. */
@Entity('daily_destination', { withoutRowid: true })
export class DailyDestination {
  @PrimaryColumn(instant()) day!: number;
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Keyed index of the person, as of a session's parties: never the number. */
  @PrimaryColumn({ ...keyedIndex(), name: 'party_index' }) partyIndex!: string;
}

export const DAILY_COUNTS = tableOf(DailyCount);
export const DAILY_DESTINATIONS = tableOf(DailyDestination);
