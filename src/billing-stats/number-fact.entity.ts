import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** How many calls of an hour on a number came to what. Kept for eight days. */
@Entity('number_fact', { withoutRowid: true })
@Index('number_fact_hour', ['hour'])
export class NumberFact {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** First instant of the UTC hour in which the call began. */
  @PrimaryColumn(instant()) hour!: number;
  /** Digits. */
  @PrimaryColumn({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  /** `dialled`, `answered`, `short`, or `refused:` and the reason. */
  @PrimaryColumn(word(40)) fact!: string;
  @Column({ type: 'int' }) calls!: number;
}

export const NUMBER_FACTS = tableOf(NumberFact);
export const REFUSED = 'refused:';
