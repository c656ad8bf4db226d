import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, keyedIndex, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/**
 * That somebody has asked not to be written to from a number, or to be again: a fact, beside others of the same person and number. The newest holds, by
 * when it was written and not by when we were told. It outlives sessions and texts, for who forgets it writes to somebody who said STOP.
 */
@Entity('text_opt_out')
@Index('text_opt_out_cause', ['accountId', 'partyIndex', 'causeId'], { unique: true })
@Index('text_opt_out_created', ['createdAt', 'id'])
export class TextOptOut {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** As sessions have it; the number itself is kept nowhere. */
  @Column({ ...keyedIndex(), name: 'party_index' }) partyIndex!: string;
  @Column({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  /** The number's campaign at that time: it holds for all numbers of it. */
  @Column({ ...word(64), ...nullable, name: 'campaign_id' }) campaignId!: string | null;
  @Column(word(3)) kind!: 'out' | 'in';
  /** `plivo`: what it has understood; `word`: what we have; `refusal`: its code 200 on a text of ours. */
  @Column(word(7)) source!: 'plivo' | 'word' | 'refusal';
  /** The text, or the forward that was refused. */
  @Column({ ...id(), name: 'cause_id' }) causeId!: string;
  /** When it was written; until Plivo's record has been read, when it came. */
  @Column(instant()) at!: number;
  @Column({ ...flag(), name: 'is_settled' }) isSettled!: boolean;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
}

export const OPT_OUTS = tableOf(TextOptOut);
