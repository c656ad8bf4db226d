import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, keyedIndex, micros, nullable, word } from '../platform/database/columns.js';
import type { SealedPlace } from '../platform/crypto/crypto.js';
import { tableOf } from '../platform/database/rows.js';
import type { Outcome } from './decision-words.js';

/** Plivo's words for a leg's end, in characters: what is longer is cut. */
export const LONGEST_WORDS = { callStatus: 16, hangupCause: 40, hangupCauseName: 64, hangupSource: 32 } as const;

/**
 * One conversation, or one refused attempt at it. Everything except the decision is a fact that only moves forward, so that webhooks may
 * come in any order and number.
 */
@Entity('masked_call')
@Index('masked_call_a_leg', ['accountId', 'aLegUuid'], { unique: true })
@Index('masked_call_session', ['sessionId', 'createdAt'])
@Index('masked_call_prompt_session', ['promptSessionId', 'createdAt'])
@Index('masked_call_account', ['accountId', 'createdAt'])
// What operators look calls up by, newest first. On SQLite only of calls that have one: each index is a page more to write in every answer, 23 us for all.
@Index('masked_call_caller', ['callerIndex', 'createdAt'], { where: 'caller_index IS NOT NULL' })
@Index('masked_call_dialled', ['dialledIndex', 'createdAt'], { where: 'dialled_index IS NOT NULL' })
@Index('masked_call_number', ['virtualNumber', 'createdAt'], { where: 'virtual_number IS NOT NULL' })
@Index('masked_call_outcome', ['accountId', 'outcome', 'createdAt'], { where: 'outcome IS NOT NULL' })
export class MaskedCall {
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Null when the caller belongs to no live session. */
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  @Column({ type: 'int', nullable: true, name: 'virtual_number_id' }) virtualNumberId!: number | null;
  /** `inbound`: a party called the number. `request`: we called the first party. */
  @Column(word(7)) kind!: 'inbound' | 'request';
  /** The request for this call, of `request` calls. */
  @Column({ ...id(), ...nullable, name: 'request_id' }) requestId!: string | null;
  /** Plivo CallUUID of the leg that runs our XML. */
  @Column({ ...word(64), name: 'a_leg_uuid' }) aLegUuid!: string;
  @Column({ ...word(6), ...nullable, name: 'caller_role' }) callerRole!: 'first' | 'second' | null;
  /**
   * Sealed number of who called, and of requested calls whom we called; null when it was withheld or is no number, and of what earlier versions refused.
   * An open session's registered party may call it back.
   */
  @Column({ ...word(200), ...nullable }) caller!: string | null;
  /**
   * Sealed number of the other party: whom the answer dials, or would have dialled had the call not been refused; null where nobody is known. A party that
   * changes later leaves what this call was as it was.
   */
  @Column({ ...word(200), ...nullable }) dialled!: string | null;
  /** Keyed index of the person behind `caller`, as sessions have it (`SessionRecords.partyIndex`); null as that is. */
  @Column({ ...keyedIndex(), ...nullable, name: 'caller_index' }) callerIndex!: string | null;
  /** Of the person behind `dialled`. */
  @Column({ ...keyedIndex(), ...nullable, name: 'dialled_index' }) dialledIndex!: string | null;
  /** Digits of the number that was called, or that we called from: an own one, though it may be in no pool (any more). Null where it is no number. */
  @Column({ ...word(15), ...nullable, name: 'virtual_number' }) virtualNumber!: string | null;
  /** Whose prompt a caller without a seat hears. */
  @Column({ ...id(), ...nullable, name: 'prompt_session_id' }) promptSessionId!: string | null;
  /** PINs entered so far, wrong or none included. */
  @Column({ type: 'int', name: 'pin_attempts' }) pinAttempts!: number;
  /** `ask-pin` until a PIN is right or the attempts are used up. `redirect`: refused, and handed on to the account's `unrouted_url`. */
  @Column(word(8)) decision!: 'connect' | 'ask-pin' | 'play' | 'refuse' | 'redirect';
  /** Why, in a word of call-decision.ts. */
  @Column(word(24)) reason!: string;
  /** Sealed. The answer given to Plivo: the same CallUUID asking again gets the same bytes. */
  @Column({ type: 'text' }) answer!: string;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** From the A leg's hang-up; null while the call is on. */
  @Column({ ...instant(), ...nullable, name: 'ended_at' }) endedAt!: number | null;
  /** When we answered Plivo with a Dial; what "who called last" goes by. */
  @Column({ ...instant(), ...nullable, name: 'connected_at' }) connectedAt!: number | null;
  /** What became of it: a word of facts/call-outcome.ts, kept by whoever keeps a fact. Null while it goes on. */
  @Column({ ...word(9), ...nullable }) outcome!: Outcome | null;
  /** What the dial action told, Plivo's words. */
  @Column({ ...word(16), ...nullable, name: 'dial_status' }) dialStatus!: string | null;
  /** When Plivo's records had told of all its legs; null while only webhooks have, or nobody has. */
  @Column({ ...instant(), ...nullable, name: 'reconciled_at' }) reconciledAt!: number | null;
  /** Counted up on a cluster by who holds the row and does not change it; nobody reads it (platform/database/held-rows.ts). */
  @Column({ type: 'int', default: 0, select: false }) holds?: number;
}

const placeOf =
  (column: SealedPlace['column']) =>
  (call: { callId: string; accountId: string }): SealedPlace => ({ column, row: call.callId, account: call.accountId });
/** Where what a call keeps sealed stands. */
export const answerPlace = placeOf('masked_call.answer');
export const callerPlace = placeOf('masked_call.caller');
export const dialledPlace = placeOf('masked_call.dialled');

/** One Plivo call leg: A from the caller to us, B from us to the other party. */
@Entity('call_leg')
@Index('call_leg_call', ['callId'])
@Index('call_leg_session', ['sessionId'])
@Index('call_leg_ended', ['accountId', 'endedAt', 'legUuid'])
// On SQLite only of the legs that have one: most have none, and each index is a page more to write in every answer.
@Index('call_leg_subaccount', ['accountId', 'subaccountId', 'endedAt', 'legUuid'], {
  where: 'subaccount_id IS NOT NULL',
})
export class CallLeg {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @PrimaryColumn({ ...word(64), name: 'leg_uuid' }) legUuid!: string;
  /** Null while only a hang-up of an unknown call has come; the answer request, if it still comes, adopts the leg. */
  @Column({ ...id(), ...nullable, name: 'call_id' }) callId!: string | null;
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  /** Of its session, which never changes it; here as well, so that a subaccount's legs have an order of their own to be listed in. */
  @Column({ ...authId(), ...nullable, name: 'subaccount_id' }) subaccountId!: string | null;
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
  /** Whether duration, billed duration and amount are a call record's; null is no. */
  @Column({ ...flag(), ...nullable, name: 'is_recorded' }) isRecorded!: boolean | null;
  /** Plivo's CallStatus at the end, of A legs. */
  @Column({ ...word(LONGEST_WORDS.callStatus), ...nullable, name: 'call_status' }) callStatus!: string | null;
  /** FreeSWITCH-style text. */
  @Column({ ...word(LONGEST_WORDS.hangupCause), ...nullable, name: 'hangup_cause' }) hangupCause!: string | null;
  @Column({ type: 'int', nullable: true, name: 'hangup_cause_code' }) hangupCauseCode!: number | null;
  @Column({ ...word(LONGEST_WORDS.hangupCauseName), ...nullable, name: 'hangup_cause_name' }) hangupCauseName!:
    string | null;
  @Column({ ...word(LONGEST_WORDS.hangupSource), ...nullable, name: 'hangup_source' }) hangupSource!: string | null;
}

/** What Plivo was answered at a later step of a call: the same step asking again gets the same bytes. */
@Entity('call_answer')
export class CallAnswer {
  @PrimaryColumn({ ...id(), name: 'call_id' }) callId!: string;
  /** For example `pin-1`. */
  @PrimaryColumn(word(16)) step!: string;
  /** Sealed. */
  @Column({ type: 'text' }) answer!: string;
}

/** Where what a call was answered at a later step stands, sealed. */
export const stepAnswerPlace = ({
  callId,
  accountId,
  step,
}: {
  callId: string;
  accountId: string;
  step: string;
}): SealedPlace => ({
  column: 'call_answer.answer',
  row: `${callId}/${step}`,
  account: accountId,
});

export const CALLS = tableOf(MaskedCall);
export const LEGS = tableOf(CallLeg);
export const STEP_ANSWERS = tableOf(CallAnswer);
