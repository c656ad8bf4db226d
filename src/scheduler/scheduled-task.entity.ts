import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** One row per task that runs in one process at a time. */
@Entity('scheduled_task')
export class ScheduledTask {
  @PrimaryColumn(word(40)) name!: string;
  @Column({ ...instant(), name: 'next_run_at' }) nextRunAt!: number;
  @Column({ ...instant(), ...nullable, name: 'last_run_at' }) lastRunAt!: number | null;
  /** When a run last ended well; null until one has. */
  @Column({ ...instant(), ...nullable, name: 'last_success_at' }) lastSuccessAt!: number | null;
  /** The process that runs it now. */
  @Column({ ...word(16), ...nullable }) holder!: string | null;
  /** `ok` or the error's class; never personal data. */
  @Column({ ...word(200), ...nullable, name: 'last_result' }) lastResult!: string | null;
}

export const SCHEDULED_TASKS = tableOf(ScheduledTask);
