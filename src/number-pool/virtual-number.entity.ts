import { Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { authId, flag, id, instant, keyedIndex, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';
import type { LeadsTo } from './lead.js';
import type { Texting } from './texting.js';

export const ALIAS_LENGTH = 100;
export const APPLICATION_LENGTH = 100;
export const NUMBER_TYPE_LENGTH = 16;
/** One line, or nothing. */
export const ALIAS = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,100}$/u;

/** What operators decide. */
export type VirtualNumberStatus = 'active' | 'draining' | 'retired';
/** What operators see: `elsewhere` is an active number whose calls Plivo does not bring here. */
export type ShownStatus = VirtualNumberStatus | 'elsewhere';

/** A phone number that the operator rents and we lend. Its id is the pool order: numbers are lent in the order of adding. */
@Entity('virtual_number')
@Index('virtual_number_number', ['number'], { unique: true })
@Index('virtual_number_pool', ['accountId', 'status'])
export class VirtualNumber {
  @PrimaryGeneratedColumn('increment', { type: 'int' }) id!: number;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** Null: lent to sessions of the main account only. Else: lent to this subaccount's sessions only. */
  @Column({ ...authId(), ...nullable, name: 'subaccount_id' }) subaccountId!: string | null;
  /** E.164 digits without plus. */
  @Column(word(15)) number!: string;
  /** Country calling code: what geomatch compares. */
  @Column({ ...word(4), name: 'calling_code' }) callingCode!: string;
  /** ISO 3166 alpha-2, or empty where the number does not tell. */
  @Column(word(2)) country!: string;
  @Column(word(ALIAS_LENGTH)) alias!: string;
  /** `draining` takes no new session and keeps the live ones; `retired` likewise, and is left out of pool figures. */
  @Column(word(8)) status!: VirtualNumberStatus;
  /** Whether Plivo's number list brought it; only such a number can go missing. */
  @Column({ ...flag(), name: 'is_synced' }) isSynced!: boolean;
  /** When the sync first failed to find it at Plivo; lent to nobody meanwhile. */
  @Column({ ...instant(), ...nullable, name: 'missing_since' }) missingSince!: number | null;
  /**
   * Whether its Plivo application does not bring calls here, or it has none: the company may answer it with something else, so no session is
   * lent it. Beside `status`, because what Plivo says and what the operator says change independently. False for what Plivo never listed.
   * Follows from `leadsTo`.
   */
  @Column({ ...flag(), default: false, name: 'is_elsewhere' }) isElsewhere!: boolean;
  /** Name of its Plivo application; null for none, and for what Plivo never listed. */
  @Column({ ...word(APPLICATION_LENGTH), ...nullable }) application!: string | null;
  /** Where its application brings calls and hang-ups; null for what Plivo never listed, and until it has been looked at. */
  @Column({ ...word(20), ...nullable, name: 'leads_to' }) leadsTo!: LeadsTo | null;
  /** Whether texts can be passed on over it, by Plivo's last listing; null for what Plivo never listed, and until it has been looked at. */
  @Column({ ...word(12), ...nullable }) texts!: Texting | null;
  /** Whether it can receive pictures. */
  @Column({ ...flag(), default: false, name: 'has_mms' }) hasMms!: boolean;
  /** Plivo's word: `local`, `mobile`, `tollfree`, `fixed`, `national`; null as `texts` is. */
  @Column({ ...word(NUMBER_TYPE_LENGTH), ...nullable, name: 'number_type' }) numberType!: string | null;
  /** The campaign under which carriers of the USA know its texts. */
  @Column({ ...word(64), ...nullable, name: 'campaign_id' }) campaignId!: string | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** Counted up on a cluster by who holds the row and does not change it; nobody reads it (platform/database/held-rows.ts). */
  @Column({ type: 'int', default: 0, select: false }) holds?: number;
}

/**
 * On a cluster: who lends a number counts up one of its rows, and who withdraws it all of them, so that commits of the two on different nodes are refused
 * and those of two lenders mostly are not (platform/database/held-rows.ts). Empty on one server.
 */
@Entity('number_hold', { withoutRowid: true })
export class NumberHold {
  @PrimaryColumn({ type: 'int', name: 'virtual_number_id' }) virtualNumberId!: number;
  /** 0 to 15. */
  @PrimaryColumn({ type: 'int' }) stripe!: number;
  @Column({ type: 'int' }) holds!: number;
}

/**
 * One party on one number. The primary key is what makes a double mapping impossible, whatever the number of processes. The row stays
 * after the session as the memory of who had the number last.
 */
@Entity('number_assignment', { withoutRowid: true })
@Index('number_assignment_party', ['partyIndex', 'freeAfter'])
@Index('number_assignment_session', ['sessionId'])
export class NumberAssignment {
  @PrimaryColumn({ type: 'int', name: 'virtual_number_id' }) virtualNumberId!: number;
  @PrimaryColumn({ ...keyedIndex(), name: 'party_index' }) partyIndex!: string;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  @Column(word(6)) role!: 'first' | 'second';
  /**
   * The instant from which another session may take this (number, party): expiry plus cool-off while the session lives, its real end plus
   * cool-off afterwards. Expiry by time therefore frees the number without a write.
   */
  @Column({ ...instant(), name: 'free_after' }) freeAfter!: number;
}

/**
 * Who answers for strangers on a number: a live PIN session's PINs, or (`*`) the one open single-party session. PINs are unique on a number,
 * and an open session shares its number with no PIN session, because both claim callers whose number is unknown.
 */
@Entity('pin_assignment', { withoutRowid: true })
@Index('pin_assignment_session', ['sessionId'])
@Index('pin_assignment_live', ['virtualNumberId', 'freeAfter', 'pinLength'])
export class PinAssignment {
  @PrimaryColumn({ type: 'int', name: 'virtual_number_id' }) virtualNumberId!: number;
  /** Keyed index of the PIN; `*`; or, greater than both, `~` and 21 characters that stand for a session's file for unknown callers. */
  @PrimaryColumn({ ...keyedIndex(), name: 'pin_index' }) pinIndex!: string;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  @Column(word(6)) role!: 'first' | 'second';
  /** As in `number_assignment`. */
  @Column({ ...instant(), name: 'free_after' }) freeAfter!: number;
  /** Digits of the PIN, 4 to 15; null for what is none, and in rows of earlier versions. */
  @Column({ type: 'int', ...nullable, name: 'pin_length' }) pinLength!: number | null;
}

export const NUMBERS = tableOf<VirtualNumber, 'id'>(VirtualNumber);
export const NUMBER_HOLDS = tableOf(NumberHold);
export const ASSIGNMENTS = tableOf(NumberAssignment);
export const PIN_ASSIGNMENTS = tableOf(PinAssignment);
