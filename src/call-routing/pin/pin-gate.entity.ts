import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** The row that is held while a guess is judged, so that parallel guesses are counted exactly: one for each caller, one for each virtual number. */
@Entity('pin_gate')
export class PinGate {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** `n:` and the virtual number, or `c:` and the keyed index of the caller. */
  @PrimaryColumn(word(24)) gate!: string;
  /** When a guess was last judged here; 0: never. */
  @Column({ ...instant(), name: 'judged_at' }) judgedAt!: number;
}

export const PIN_GATES = tableOf(PinGate);
