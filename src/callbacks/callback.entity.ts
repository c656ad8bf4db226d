import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** `status` to `callback_url`, `recording` to `recording_callback_url`, `message` to `message_callback_url`; each is delivered in its own order and counted by itself. */
export type Stream = 'status' | 'recording' | 'message';
export type CallbackStatus = 'pending' | 'delivered' | 'parked';

/** One event told to a customer's URL, written in the transaction of the fact it tells; kept 30 days. */
@Entity('callback')
@Index('callback_sequence', ['sessionId', 'stream', 'sequence'], { unique: true })
@Index('callback_fact', ['callId', 'event'], { unique: true })
@Index('callback_status', ['status', 'createdAt', 'id'])
@Index('callback_created', ['createdAt', 'id'])
export class Callback {
  /** Also the `webhook-id` of every attempt. */
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Account or subaccount that owns the session: its tokens sign. */
  @Column({ ...authId(), name: 'owner_id' }) ownerId!: string;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  /** Null for what no call has caused. A call tells each event once. */
  @Column({ ...id(), ...nullable, name: 'call_id' }) callId!: string | null;
  @Column(word(9)) stream!: Stream;
  /** From 1, without gaps, for each session and stream. */
  @Column({ type: 'int' }) sequence!: number;
  /** Name of the event as the customer reads it. */
  @Column(word(40)) event!: string;
  @Column(word(4)) method!: 'GET' | 'POST';
  /** Sealed: customers put identifying things into URLs. With its fragment, which is not sent. */
  @Column({ type: 'text' }) url!: string;
  /** Sealed form encoding of the parameters: the same bytes on every attempt. */
  @Column({ type: 'text' }) body!: string;
  @Column(word(9)) status!: CallbackStatus;
  /** Attempts that came to an end. */
  @Column({ type: 'int' }) attempts!: number;
  /** Of them, since the callback was made or last replayed: what the schedule goes by. */
  @Column({ type: 'int' }) tries!: number;
  /** The last attempt's status code or error class. */
  @Column({ ...word(24), ...nullable }) outcome!: string | null;
  @Column({ ...instant(), name: 'next_attempt_at' }) nextAttemptAt!: number;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** When it was delivered or parked. */
  @Column({ ...instant(), ...nullable, name: 'settled_at' }) settledAt!: number | null;
}

@Entity('callback_attempt')
export class CallbackAttempt {
  @PrimaryColumn({ ...id(), name: 'callback_id' }) callbackId!: string;
  /** From 1. */
  @PrimaryColumn({ type: 'int' }) number!: number;
  @Column({ ...instant(), name: 'started_at' }) startedAt!: number;
  @Column({ type: 'int', name: 'duration_ms' }) durationMs!: number;
  /** HTTP status; null when none came. */
  @Column({ type: 'int', nullable: true }) status!: number | null;
  /** Class of the failure; null when a status came. */
  @Column({ ...word(24), ...nullable }) error!: string | null;
  /** Sealed beginning of what the receiver answered, at most 1 KiB; null when it was empty. */
  @Column({ type: 'text', nullable: true }) answer!: string | null;
}

/** The last sequence number of a session's stream. Its row lock makes the numbers gapless. */
@Entity('callback_stream')
export class CallbackStream {
  @PrimaryColumn({ ...id(), name: 'session_id' }) sessionId!: string;
  @PrimaryColumn(word(9)) stream!: Stream;
  @Column({ type: 'int', name: 'last_sequence' }) lastSequence!: number;
}

/** A receiver none of whose attempts has succeeded since `failingSince`. Its first success removes the row. */
@Entity('failing_receiver')
@Index('failing_receiver_lane', ['lane'], { unique: true })
@Index('failing_receiver_since', ['failingSince', 'id'])
export class FailingReceiver {
  @PrimaryColumn(id()) id!: string;
  /** Keyed digest of account and origin, as in the deliveries' jobs. */
  @Column(word(43)) lane!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Sealed scheme, host and port. */
  @Column({ type: 'text' }) origin!: string;
  /** When the first of its failures began to count; 0 since it was resumed, until it fails again. */
  @Column({ ...instant(), name: 'failing_since' }) failingSince!: number;
  /** To the hour: not every failure is worth a write. */
  @Column({ ...instant(), name: 'last_failed_at' }) lastFailedAt!: number;
  /** Since then its callbacks are parked without an attempt; null while it is tried. */
  @Column({ ...instant(), ...nullable, name: 'paused_at' }) pausedAt!: number | null;
  /** Whether it was paused and has taken nothing since: its first success is then told. */
  @Column({ ...flag(), default: false, name: 'was_paused' }) wasPaused!: boolean;
}

export const CALLBACKS = tableOf(Callback);
export const CALLBACK_ATTEMPTS = tableOf(CallbackAttempt);
export const CALLBACK_STREAMS = tableOf(CallbackStream);
export const FAILING_RECEIVERS = tableOf(FailingReceiver);
