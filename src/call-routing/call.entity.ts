import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, micros, nullable, word } from '../shared/columns.js';

/**
 * One conversation, or one refused attempt at it. Everything except the decision is a fact that only moves forward, so that webhooks may
 * come in any order and number.
 */
@Entity('masked_call')
@Index('masked_call_a_leg', ['accountId', 'aLegUuid'], { unique: true })
@Index('masked_call_session', ['sessionId', 'createdAt'])
export class MaskedCall {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Null when the caller belongs to no live session. */
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  @Column({ type: 'int', nullable: true, name: 'virtual_number_id' }) virtualNumberId!: number | null;
  /** Plivo CallUUID of the leg that runs our XML. */
  @Column({ ...word(64), name: 'a_leg_uuid' }) aLegUuid!: string;
  @Column({ ...word(6), ...nullable, name: 'caller_role' }) callerRole!: 'first' | 'second' | null;
  @Column(word(8)) decision!: 'connect' | 'refuse';
  /** Why, in a word of call-decision.ts. */
  @Column(word(24)) reason!: string;
  /** Sealed. The answer given to Plivo: the same CallUUID asking again gets the same bytes. */
  @Column({ type: 'text' }) answer!: string;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** From the A leg's hang-up; null while the call is on. */
  @Column({ ...instant(), ...nullable, name: 'ended_at' }) endedAt!: number | null;
  /** What the dial action told, Plivo's words. */
  @Column({ ...word(16), ...nullable, name: 'dial_status' }) dialStatus!: string | null;
}

/** One Plivo call leg: A from the caller to us, B from us to the other party. */
@Entity('call_leg')
@Index('call_leg_call', ['callId'])
@Index('call_leg_session', ['sessionId'])
export class CallLeg {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @PrimaryColumn({ ...word(64), name: 'leg_uuid' }) legUuid!: string;
  /** Null while only a hang-up of an unknown call has come; the answer request, if it still comes, adopts the leg. */
  @Column({ ...id(), ...nullable, name: 'call_id' }) callId!: string | null;
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  @Column(word(1)) side!: 'A' | 'B';
  @Column({ ...word(6), ...nullable }) role!: 'first' | 'second' | null;
  /** The instants are Plivo's own, from the event that ended the leg. */
  @Column({ ...instant(), ...nullable, name: 'started_at' }) startedAt!: number | null;
  @Column({ ...instant(), ...nullable, name: 'answered_at' }) answeredAt!: number | null;
  @Column({ ...instant(), ...nullable, name: 'ended_at' }) endedAt!: number | null;
  @Column({ ...flag(), name: 'is_answered' }) isAnswered!: boolean;
  @Column({ ...flag(), name: 'is_connected' }) isConnected!: boolean;
  @Column({ ...flag(), name: 'is_ended' }) isEnded!: boolean;
  /** Seconds from answer to end. */
  @Column({ type: 'int', nullable: true, name: 'duration' }) duration!: number | null;
  @Column({ type: 'int', nullable: true, name: 'billed_duration' }) billedDuration!: number | null;
  @Column({ ...micros(), ...nullable, name: 'amount' }) amount!: number | null;
  /** Plivo's CallStatus at the end, of A legs. */
  @Column({ ...word(16), ...nullable, name: 'call_status' }) callStatus!: string | null;
  /** FreeSWITCH-style text. */
  @Column({ ...word(40), ...nullable, name: 'hangup_cause' }) hangupCause!: string | null;
  @Column({ type: 'int', nullable: true, name: 'hangup_cause_code' }) hangupCauseCode!: number | null;
  @Column({ ...word(64), ...nullable, name: 'hangup_cause_name' }) hangupCauseName!: string | null;
  @Column({ ...word(32), ...nullable, name: 'hangup_source' }) hangupSource!: string | null;
}
