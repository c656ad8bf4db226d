import { Column, Entity, PrimaryColumn } from 'typeorm';
import { id, instant, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/**
 * `live`: before listening, sessions that are not over; `ended`: in the background, the others; `late`: an hour later once more those that are not
 * over, for what processes of an earlier version have written meanwhile.
 */
export type ReindexStage = 'live' | 'ended' | 'late' | 'done';

/** One row: how far the indexes of parties follow which rules of `telephony/identity.ts`. */
@Entity('party_reindex')
export class PartyReindex {
  @PrimaryColumn({ type: 'int' }) id!: number;
  /** `IDENTITY_VERSION` of the rules. */
  @Column({ type: 'int' }) version!: number;
  @Column(word(10)) stage!: ReindexStage;
  /** Where the stage goes on: behind the session of this expiry (0 in stage `ended`, which goes by id alone) and id. */
  @Column(instant()) at!: number;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
}

export const REINDEX = tableOf(PartyReindex);
