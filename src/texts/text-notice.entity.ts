import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { NoticeKind } from '../accounts/index.js';
import { authId, id, instant, keyedIndex, micros, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import type { ForwardState } from './join-reports.js';

/** A sentence of ours to who has written: one a day of each kind, from each number. Which sentence it is the account's settings say when it is sent. */
@Entity('text_notice')
@Index('text_notice_day', ['recipientIndex', 'virtualNumber', 'kind', 'day'], { unique: true })
@Index('text_notice_uuid', ['accountId', 'messageUuid'], { unique: true })
@Index('text_notice_session', ['sessionId'])
@Index('text_notice_created', ['createdAt'])
@Index('text_notice_price', ['accountId', 'priceAt'])
@Index('text_notice_look_up', ['accountId', 'lookUpAt'])
@Index('text_notice_looked', ['accountId', 'lookedAt'])
export class TextNotice {
  /** Random: the address of its reports has it. */
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Null for who has no live session there. */
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  @Column({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  /** Sealed; null once erased. */
  @Column({ ...word(200), ...nullable }) recipient!: string | null;
  /** Of nobody once erased: a part of the id. */
  @Column({ ...keyedIndex(), name: 'recipient_index' }) recipientIndex!: string;
  @Column(word(24)) kind!: NoticeKind;
  /** UTC day of its making. */
  @Column(instant()) day!: number;
  @Column(word(11)) state!: ForwardState;
  @Column({ ...word(24), ...nullable }) reason!: string | null;
  @Column({ ...word(64), ...nullable, name: 'message_uuid' }) messageUuid!: string | null;
  @Column({ type: 'int', ...nullable }) sequence!: number | null;
  @Column({ type: 'int', ...nullable }) units!: number | null;
  @Column({ ...micros(), ...nullable }) amount!: number | null;
  /** As of texts that are passed on. */
  @Column({ ...micros(), ...nullable, name: 'carrier_fee' }) carrierFee!: number | null;
  @Column({ ...instant(), ...nullable, name: 'price_at' }) priceAt!: number | null;
  @Column({ type: 'int', ...nullable, name: 'error_code' }) errorCode!: number | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** Written before Plivo is asked, as with forwards. */
  @Column({ ...instant(), ...nullable, name: 'sending_at' }) sendingAt!: number | null;
  /** As of forwards. */
  @Column({ type: 'int', name: 'look_ups', default: 0 }) lookUps!: number;
  @Column({ ...instant(), ...nullable, name: 'looked_at' }) lookedAt!: number | null;
  @Column({ ...instant(), ...nullable, name: 'look_up_at' }) lookUpAt!: number | null;
  @Column({ ...instant(), name: 'updated_at' }) updatedAt!: number;
}

export function noticePlace({ id: row, accountId: account }: { id: string; accountId: string }): SealedPlace {
  return { column: 'text_notice.recipient', row, account };
}

export const NOTICES = tableOf(TextNotice);
