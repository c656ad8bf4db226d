import { Column, Entity, PrimaryColumn } from 'typeorm';
import { id, instant, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** `all`: every call, the newest first; `late`: an hour later what processes of an earlier version have written meanwhile. */
export type CallReindexStage = 'all' | 'late' | 'done';

/** One row: how far the calls that are there have what they are found by, as `reindex-calls.ts` gives it. */
@Entity('call_reindex')
export class CallReindex {
  @PrimaryColumn({ type: 'int' }) id!: number;
  /** `CALL_INDEX_VERSION` of what is being written. */
  @Column({ type: 'int' }) version!: number;
  @Column(word(10)) stage!: CallReindexStage;
  /** When stage `all` began: stage `late` looks back a day further, and no more. */
  @Column({ ...instant(), name: 'begun_at' }) begunAt!: number;
  /** The stage goes on with the calls before this one. */
  @Column({ ...id(), name: 'call_id' }) callId!: string;
}

export const CALL_REINDEX = tableOf(CallReindex);
