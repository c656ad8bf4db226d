import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, large, micros, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** Whose direction or subaccount was not counted: all that was before they were kept, and what a version before this one counts while both run. */
export const UNKNOWN = 'unknown';

/** Of a call: whether a party called, or the first party was called on request. Texts stand in rows of their own. */
export type Direction = 'inbound' | 'requested' | 'text' | typeof UNKNOWN;

const direction = () => ({ ...word(9), default: UNKNOWN }) as const;
/** Auth ID of the session's subaccount; empty where it has none, and for calls that came to no session. */
const subaccount = () => ({ ...authId(), name: 'subaccount_id', default: UNKNOWN }) as const;
const ownAmount = () => ({ ...micros(), name: 'own_amount', default: 0 }) as const;
/** Sums of texts: a version that knows of none leaves them as they are. */
const texts = (name: string) => ({ type: 'int', name, default: 0 }) as const;
const ofTexts = (name: string) => ({ ...large(), name, default: 0 }) as const;

/**
 * What of a call is in the roll-ups: the next count adds the difference, so that a call counts once however often it is counted, and moves
 * when more becomes known of it.
 */
@Entity('call_tally')
@Index('call_tally_hour', ['accountId', 'quarter'])
@Index('call_tally_session', ['sessionId'])
export class CallTally {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Plivo's CallUUID of the leg that ran our XML; calls that we could not answer have nothing else. */
  @PrimaryColumn({ ...word(64), name: 'a_leg_uuid' }) aLegUuid!: string;
  /** First instant of the quarter of an hour in which the call began; of the hour, where it was counted before there were quarters. */
  @Column({ ...instant(), name: 'hour' }) quarter!: number;
  /** Digits, or `unknown`. */
  @Column({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  @Column(direction()) direction!: Direction;
  @Column(subaccount()) subaccountId!: string;
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  @Column({ ...flag(), name: 'is_connected' }) isConnected!: boolean;
  @Column({ type: 'int', name: 'talk_seconds' }) talkSeconds!: number;
  @Column({ type: 'int', name: 'billed_seconds' }) billedSeconds!: number;
  /** Plivo's price. */
  @Column(micros()) amount!: number;
  /** The account's own price on top. */
  @Column({ ...micros(), name: 'own_amount' }) ownAmount!: number;
  /** The account's price of a minute when the call was first counted: later changes are for later calls. */
  @Column({ ...micros(), name: 'minute_fee' }) minuteFee!: number;
}

/** The same of a text: of one that came in and what was sent on of it. */
@Entity('text_tally')
@Index('text_tally_hour', ['accountId', 'quarter'])
@Index('text_tally_session', ['sessionId', 'isTaken', 'receivedAt'])
export class TextTally {
  @PrimaryColumn({ ...id(), name: 'text_id' }) textId!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** First instant of the quarter of an hour in which it came. */
  @Column({ ...instant(), name: 'hour' }) quarter!: number;
  /** Digits, or `unknown`. */
  @Column({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  @Column({ ...authId(), name: 'subaccount_id' }) subaccountId!: string;
  @Column({ ...id(), ...nullable, name: 'session_id' }) sessionId!: string | null;
  @Column({ ...instant(), name: 'received_at' }) receivedAt!: number;
  /** Whether it was to be passed on. */
  @Column({ ...flag(), name: 'is_taken' }) isTaken!: boolean;
  /** Whether all of it has arrived. */
  @Column({ ...flag(), name: 'is_delivered' }) isDelivered!: boolean;
  /** Whether some of it did not, or nobody knows. */
  @Column({ ...flag(), name: 'is_failed' }) isFailed!: boolean;
  /** Of what came in and what was sent on. */
  @Column({ type: 'int' }) units!: number;
  /** Of what was sent on and is charged. */
  @Column({ type: 'int', name: 'forwarded_units' }) forwardedUnits!: number;
  /** Plivo's prices and what carriers charge. */
  @Column(micros()) amount!: number;
  /** The account's own price on top. */
  @Column({ ...micros(), name: 'own_amount' }) ownAmount!: number;
  /** The account's price of a forwarded unit when the text was first counted. */
  @Column({ ...micros(), name: 'message_fee' }) messageFee!: number;
}

/**
 * Sums of an account's calls and opened sessions in a quarter of an hour, by virtual number and, under the empty number, of all. The columns are named
 * `hour` because they held hours, and what was counted then still does.
 */
@Entity('call_stat')
export class CallStat {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @PrimaryColumn({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  @PrimaryColumn({ ...instant(), name: 'hour' }) quarter!: number;
  /** Openings of sessions have none: they stand in the rows of inbound calls, so that there are no rows for them alone. */
  @PrimaryColumn(direction()) direction!: Direction;
  @PrimaryColumn(subaccount()) subaccountId!: string;
  /** One of several rows that are summed when read; a single one may be negative. */
  @PrimaryColumn({ type: 'int' }) shard!: number;
  @Column({ type: 'int' }) calls!: number;
  @Column({ type: 'int' }) connected!: number;
  @Column({ ...large(), name: 'talk_seconds' }) talkSeconds!: number;
  @Column({ ...large(), name: 'billed_seconds' }) billedSeconds!: number;
  /** Plivo's prices and the account's own of minutes. */
  @Column(micros()) amount!: number;
  /** The account's own of minutes alone. */
  @Column(ownAmount()) ownAmount!: number;
  @Column({ type: 'int' }) sessions!: number;
  /** For opening sessions. */
  @Column(micros()) fees!: number;
  /** That were to be passed on; refused ones count in units and amounts alone. */
  @Column(texts('texts')) texts!: number;
  @Column(texts('texts_delivered')) textsDelivered!: number;
  @Column(texts('texts_failed')) textsFailed!: number;
  /** Of both legs. */
  @Column(ofTexts('text_units')) textUnits!: number;
  /** Plivo's prices, carriers' and the account's own. */
  @Column(ofTexts('text_amount')) textAmount!: number;
  /** The account's own alone. */
  @Column(ofTexts('text_own_amount')) textOwnAmount!: number;
}

/** The same sums of one session. */
@Entity('session_stat')
@Index('session_stat_hour', ['accountId', 'quarter'])
export class SessionStat {
  @PrimaryColumn({ ...id(), name: 'session_id' }) sessionId!: string;
  @PrimaryColumn({ ...instant(), name: 'hour' }) quarter!: number;
  @PrimaryColumn(direction()) direction!: Direction;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  @Column(subaccount()) subaccountId!: string;
  @Column({ type: 'int' }) calls!: number;
  @Column({ type: 'int' }) connected!: number;
  @Column({ ...large(), name: 'talk_seconds' }) talkSeconds!: number;
  @Column({ ...large(), name: 'billed_seconds' }) billedSeconds!: number;
  @Column(micros()) amount!: number;
  @Column(ownAmount()) ownAmount!: number;
  /** 1 where it was opened. */
  @Column({ type: 'int' }) sessions!: number;
  /** For opening sessions. */
  @Column(micros()) fees!: number;
  @Column(texts('texts')) texts!: number;
  @Column(texts('texts_delivered')) textsDelivered!: number;
  @Column(texts('texts_failed')) textsFailed!: number;
  @Column(ofTexts('text_units')) textUnits!: number;
  @Column(ofTexts('text_amount')) textAmount!: number;
  @Column(ofTexts('text_own_amount')) textOwnAmount!: number;
}

/**
 * What deleted calls and sessions had come to, by where they counted: added in the transaction that deletes them. A row of a number in `call_stat` is
 * always what is still there and this together.
 */
@Entity('forgotten_stat', { withoutRowid: true })
export class ForgottenStat {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @PrimaryColumn({ ...instant(), name: 'hour' }) quarter!: number;
  @PrimaryColumn({ ...word(15), name: 'virtual_number' }) virtualNumber!: string;
  @PrimaryColumn(direction()) direction!: Direction;
  @PrimaryColumn(subaccount()) subaccountId!: string;
  @Column({ type: 'int' }) calls!: number;
  @Column({ type: 'int' }) connected!: number;
  @Column({ ...large(), name: 'talk_seconds' }) talkSeconds!: number;
  @Column({ ...large(), name: 'billed_seconds' }) billedSeconds!: number;
  /** Plivo's prices and the account's own of minutes. */
  @Column(micros()) amount!: number;
  /** The account's own of minutes alone. */
  @Column(ownAmount()) ownAmount!: number;
  @Column({ type: 'int' }) sessions!: number;
  @Column(micros()) fees!: number;
  @Column(texts('texts')) texts!: number;
  @Column(texts('texts_delivered')) textsDelivered!: number;
  @Column(texts('texts_failed')) textsFailed!: number;
  @Column(ofTexts('text_units')) textUnits!: number;
  @Column(ofTexts('text_amount')) textAmount!: number;
  @Column(ofTexts('text_own_amount')) textOwnAmount!: number;
}

/** What a recount found. */
@Entity('stat_recount')
export class StatRecount {
  /** Grows with time. */
  @PrimaryColumn(id()) id!: string;
  @Column({ ...instant(), name: 'started_at' }) startedAt!: number;
  @Column({ ...instant(), name: 'finished_at' }) finishedAt!: number;
  /** Ended calls that were looked at, and what they come to with the own prices. */
  @Column({ type: 'int' }) calls!: number;
  @Column(micros()) amount!: number;
  /** What the roll-ups say of the same calls; without session fees. */
  @Column({ type: 'int', name: 'stat_calls' }) statCalls!: number;
  @Column({ ...micros(), name: 'stat_amount' }) statAmount!: number;
  /** Calls of which something else is in the roll-ups than follows from their legs. */
  @Column({ type: 'int', name: 'call_differences' }) callDifferences!: number;
  /** Opened sessions that are not counted, or counted otherwise. */
  @Column({ type: 'int', name: 'session_differences' }) sessionDifferences!: number;
  /** Roll-up rows that are not the sum of what they were made of. */
  @Column({ type: 'int', name: 'sum_differences' }) sumDifferences!: number;
  /** The same of texts. */
  @Column(texts('texts')) texts!: number;
  @Column(ofTexts('text_amount')) textAmount!: number;
  @Column(texts('stat_texts')) statTexts!: number;
  @Column(ofTexts('stat_text_amount')) statTextAmount!: number;
  @Column(texts('text_differences')) textDifferences!: number;
  @Column({ ...flag(), name: 'is_repaired' }) isRepaired!: boolean;
}

/** How far a recount that is at work, or was cut short, has come: one that repairs and one that does not. */
@Entity('stat_recount_progress')
export class RecountProgress {
  @PrimaryColumn({ ...flag(), name: 'is_repair' }) isRepair!: boolean;
  /** One higher with every page: who finds another turn than their own has been overtaken, and stops. */
  @Column({ type: 'int' }) turn!: number;
  /** JSON of `RecountState`. */
  @Column({ type: 'text' }) state!: string;
}

export const CALL_TALLIES = tableOf(CallTally);
export const TEXT_TALLIES = tableOf(TextTally);
export const CALL_STATS = tableOf(CallStat);
export const SESSION_STATS = tableOf(SessionStat);
export const FORGOTTEN_STATS = tableOf(ForgottenStat);
export const STAT_RECOUNTS = tableOf(StatRecount);
export const RECOUNT_PROGRESS = tableOf(RecountProgress);
