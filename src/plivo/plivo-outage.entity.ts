import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, instant, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** An account that Plivo does not answer for, until it does: so that both are told once, whichever process finds them out. */
@Entity('plivo_outage')
export class PlivoOutage {
  /** Auth ID at Plivo, of an account or a subaccount. */
  @PrimaryColumn({ ...word(64), name: 'plivo_auth_id' }) plivoAuthId!: string;
  /** Whose it is here; null where no account has it any more. */
  @Column({ ...authId(), ...nullable, name: 'account_id' }) accountId!: string | null;
  @Column(instant()) since!: number;
}

export const PLIVO_OUTAGES = tableOf(PlivoOutage);
