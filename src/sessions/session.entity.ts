import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, id, instant, keyedIndex, micros, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** `expires_at` of a session that never ends by itself (ZERO_SESSION_EXPIRY=never): 9999-12-31T23:59:59Z. */
export const NEVER = 253_402_300_799_000;

/** Attributes of a session that no query looks at; kept as one JSON text, named as in the API. */
export interface SessionSettings {
  /** Seconds; 0 with ZERO_SESSION_EXPIRY=never. */
  session_expiry: number;
  /** Seconds from the bridge to the cut, 60 to 86400. */
  call_time_limit: number;
  /** Seconds that a phone rings, 1 to 600. */
  ring_timeout: number;
  record: boolean;
  record_file_format: 'mp3' | 'wav';
  recording_callback_url: string;
  recording_callback_method: 'GET' | 'POST';
  callback_url: string;
  callback_method: 'GET' | 'POST';
  initiate_call_to_first_party: boolean;
  first_party_play_url: string;
  second_party_play_url: string;
  geomatch: boolean;
  is_pin_authentication_required: boolean;
  generate_pin: boolean | null;
  generate_pin_length: number | null;
  pin_prompt_play: string | null;
  pin_retry: number | null;
  /** Seconds, 5 to 10. */
  pin_retry_wait: number | null;
  incorrect_pin_play: string | null;
  unknown_caller_play: string;
  force_pin_authentication: boolean;
  create_session_with_single_party: boolean | null;
  /** Seconds, 0 to 3600. */
  virtual_number_cooloff_period: number;
  /** Whether texts are passed on; absent while they never were. */
  messaging?: boolean;
  /** Where text events are told, in place of `callback_url`; absent while nothing was said of it. */
  message_callback_url?: string;
  message_callback_method?: 'GET' | 'POST';
  /** From when on they are between these parties, as an instant; not in the API. */
  messaging_since?: number;
}

/** Phone numbers (digits without plus) and PINs of a session: sealed together, read together. */
export interface SessionParties {
  first: string | null;
  second: string | null;
  firstPin: string | null;
  secondPin: string | null;
}

@Entity('masking_session')
@Index('masking_session_pair', ['pairIndex'], { unique: true })
@Index('masking_session_due', ['status', 'expiresAt', 'id', 'accountId', 'createdAt', 'subaccountId'])
// On SQLite only of ended ones: a create writes no page more.
@Index('masking_session_ended', ['accountId', 'expiresAt', 'id'], { where: "status = 'expired'" })
@Index('masking_session_created', ['accountId', 'createdAt', 'id', 'expiresAt', 'subaccountId'])
@Index('masking_session_first', ['firstIndex', 'expiresAt', 'virtualNumberId'])
@Index('masking_session_second', ['secondIndex', 'expiresAt', 'virtualNumberId'])
@Index('masking_session_number', ['virtualNumber', 'accountId', 'createdAt', 'expiresAt', 'subaccountId'])
export class MaskingSession {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column({ ...authId(), ...nullable, name: 'subaccount_id' }) subaccountId!: string | null;
  /** `active` until the tick or a delete; a session whose `expires_at` has passed is dead whatever this says. */
  @Column(word(7)) status!: 'active' | 'expired';
  /** Sealed JSON of `SessionParties`. */
  @Column({ type: 'text' }) parties!: string;
  @Column({ ...keyedIndex(), ...nullable, name: 'first_index' }) firstIndex!: string | null;
  @Column({ ...keyedIndex(), ...nullable, name: 'second_index' }) secondIndex!: string | null;
  /** Keyed index of (subaccount, first, second) while the session is live, else null: one live session per ordered pair. */
  @Column({ ...keyedIndex(), ...nullable, name: 'pair_index' }) pairIndex!: string | null;
  @Column({ type: 'int', name: 'virtual_number_id' }) virtualNumberId!: number;
  /** E.164 digits; kept here so that an ended session can still be read when the number has left the pool. */
  @Column({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  /** JSON of `SessionSettings`. */
  @Column({ type: 'text' }) settings!: string;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  @Column({ ...instant(), name: 'modified_at' }) modifiedAt!: number;
  @Column({ ...instant(), name: 'expires_at' }) expiresAt!: number;
  /** How often a repeated create has renewed it. */
  @Column({ type: 'int', default: 0 }) renewals!: number;
  /** What the account is charged for the session itself; null is nothing. */
  @Column({ ...micros(), ...nullable }) fee!: number | null;
  /** Counted up on a cluster by who holds the row and does not change it; nobody reads it (platform/database/held-rows.ts). */
  @Column({ type: 'int', default: 0, select: false }) holds?: number;
}

export const SESSIONS = tableOf(MaskingSession);
