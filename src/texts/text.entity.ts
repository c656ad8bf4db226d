import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, keyedIndex, micros, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import type { ForwardState } from './join-reports.js';
import type { OptWord } from '../telephony/opt-words.js';
import type { TextDecision, TextRefusal } from './text-decision.js';

/** What somebody wrote to one of our numbers, and what was decided about it. */
@Entity('text_message')
@Index('text_message_uuid', ['accountId', 'messageUuid'], { unique: true })
@Index('text_message_session', ['sessionId', 'senderRole', 'receivedAt'])
@Index('text_message_sender', ['senderIndex', 'receivedAt'])
@Index('text_message_price', ['accountId', 'priceAt'])
@Index('text_message_account', ['accountId', 'decision', 'receivedAt'])
@Index('text_message_number', ['virtualNumber', 'receivedAt'])
export class TextMessage {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Plivo's name of it: one message, however often it is told. */
  @Column({ ...word(64), name: 'message_uuid' }) messageUuid!: string;
  /** Null when its sender belongs to no live session. */
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  @Column({ ...word(6), ...nullable, name: 'sender_role' }) senderRole!: 'first' | 'second' | null;
  /** Digits of the number that it was sent to; null where it is no number. */
  @Column({ ...word(15), ...nullable, name: 'virtual_number' }) virtualNumber!: string | null;
  /** Sealed number of who wrote it; null when it is no number. */
  @Column({ ...word(200), ...nullable }) sender!: string | null;
  /** As sessions have it (`SessionRecords.partyIndex`). */
  @Column({ ...keyedIndex(), ...nullable, name: 'sender_index' }) senderIndex!: string | null;
  /** `wait`: nothing is done about it before Plivo's own record has been read. `word`: it was said to us. */
  @Column(word(7)) decision!: TextDecision['decision'];
  /** Why it was refused, or which word was said to us. */
  @Column({ ...word(24), ...nullable }) reason!: TextRefusal | OptWord | null;
  /** Whether nothing but V2 has vouched for it so far, which covers no word of it. */
  @Column({ ...flag(), name: 'is_hint' }) isHint!: boolean;
  /** Sealed, while it waits; what is passed on stands with the forwards, and what is refused nowhere. */
  @Column({ type: 'text', ...nullable }) body!: string | null;
  @Column({ type: 'int', ...nullable }) units!: number | null;
  /** What Plivo charges for having received it. */
  @Column({ ...micros(), ...nullable }) amount!: number | null;
  /** What carriers charge for it on top; told by Plivo's record alone. */
  @Column({ ...micros(), ...nullable, name: 'carrier_fee' }) carrierFee!: number | null;
  /** When that record is to be read for its price; null once it has been, or nobody knows it. */
  @Column({ ...instant(), ...nullable, name: 'price_at' }) priceAt!: number | null;
  @Column({ type: 'int', name: 'media_count' }) mediaCount!: number;
  @Column({ ...instant(), name: 'received_at' }) receivedAt!: number;
}

/** A text on its way to the other party. It is sent to Plivo once at the most. */
@Entity('text_forward')
@Index('text_forward_lane', ['sessionId', 'senderRole', 'position'], { unique: true })
@Index('text_forward_open', ['sessionId', 'senderRole', 'state'])
@Index('text_forward_text', ['textId'])
@Index('text_forward_uuid', ['accountId', 'messageUuid'], { unique: true })
@Index('text_forward_look_up', ['accountId', 'lookUpAt'])
@Index('text_forward_looked', ['accountId', 'lookedAt'])
@Index('text_forward_person', ['recipientIndex', 'receivedAt', 'textId'])
@Index('text_forward_state', ['accountId', 'state', 'receivedAt', 'textId'])
@Index('text_forward_price', ['accountId', 'priceAt'])
@Index('text_forward_kept', ['accountId', 'isBodyKept', 'createdAt'])
export class TextForward {
  /** Random: the address of its reports has it, and vouches for nothing else. */
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column({ ...id(), name: 'text_id' }) textId!: string;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  /** Of who wrote it: with the session, the lane in which order is kept. */
  @Column({ ...word(6), name: 'sender_role' }) senderRole!: 'first' | 'second';
  /** From 1, without gaps, in the order in which texts were taken. */
  @Column({ type: 'int' }) position!: number;
  @Column({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  /** Sealed; whom it was meant for when it was taken, and nobody else ever after. Null once erased. */
  @Column({ ...word(200), ...nullable }) recipient!: string | null;
  @Column({ ...keyedIndex(), ...nullable, name: 'recipient_index' }) recipientIndex!: string | null;
  /** Sealed, until Plivo has it or certainly never will, or for as long as the account keeps texts. */
  @Column({ type: 'text', ...nullable }) body!: string | null;
  /** Whether it stays after that, for `text_retention_days`. */
  @Column({ ...flag(), name: 'is_body_kept', default: 0 }) isBodyKept!: boolean;
  /** With how many pictures it is, or was, sent; 0: as a text alone. */
  @Column({ type: 'int', name: 'media_count', default: 0 }) mediaCount!: number;
  @Column(word(11)) state!: ForwardState;
  /** A word for why it was not sent. */
  @Column({ ...word(24), ...nullable }) reason!: string | null;
  /** Counted up whenever it is about to be sent: only who has counted may say that it was not. */
  @Column({ type: 'int' }) attempt!: number;
  @Column({ ...word(64), ...nullable, name: 'message_uuid' }) messageUuid!: string | null;
  /** Of the report that counts. */
  @Column({ type: 'int', ...nullable }) sequence!: number | null;
  @Column({ type: 'int', ...nullable }) units!: number | null;
  @Column({ ...micros(), ...nullable }) amount!: number | null;
  /** As of texts that came in. */
  @Column({ ...micros(), ...nullable, name: 'carrier_fee' }) carrierFee!: number | null;
  @Column({ ...instant(), ...nullable, name: 'price_at' }) priceAt!: number | null;
  @Column({ type: 'int', ...nullable, name: 'error_code' }) errorCode!: number | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** When its text came: texts are listed by it, also those that are found by what became of them. */
  @Column({ ...instant(), name: 'received_at', default: 0 }) receivedAt!: number;
  /** When it was first about to be sent. */
  @Column({ ...instant(), ...nullable, name: 'tried_at' }) triedAt!: number | null;
  /** Written before Plivo is asked: found again after a crash, it means that the outcome is unknown. */
  @Column({ ...instant(), ...nullable, name: 'sending_at' }) sendingAt!: number | null;
  /** Of unknown outcome: how often Plivo's list was looked at for it, when last, and when it is to be again. */
  @Column({ type: 'int', name: 'look_ups' }) lookUps!: number;
  @Column({ ...instant(), ...nullable, name: 'looked_at' }) lookedAt!: number | null;
  @Column({ ...instant(), ...nullable, name: 'look_up_at' }) lookUpAt!: number | null;
  @Column({ ...instant(), name: 'updated_at' }) updatedAt!: number;
}

const placeOf =
  (column: SealedPlace['column']) =>
  ({ id: row, accountId: account }: { id: string; accountId: string }): SealedPlace => ({ column, row, account });

/** Where what a text keeps sealed stands. */
export const senderPlace = placeOf('text_message.sender');
export const waitingBodyPlace = placeOf('text_message.body');
export const recipientPlace = placeOf('text_forward.recipient');
export const bodyPlace = placeOf('text_forward.body');

export const TEXTS = tableOf(TextMessage);
export const FORWARDS = tableOf(TextForward);
