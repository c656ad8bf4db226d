import { Column, Entity, PrimaryColumn } from 'typeorm';
import { authId, instant } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** Until when Plivo's call records of an account have been read, or of one of its subaccounts, whose records Plivo lists apart. */
@Entity('record_sweep')
export class RecordSweep {
  /** The Auth ID of either. */
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column({ ...instant(), name: 'swept_until' }) sweptUntil!: number;
}

export const SWEEPS = tableOf(RecordSweep);
