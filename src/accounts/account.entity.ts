import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, flag, id, instant, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/** A customer of this installation, and the Plivo account whose numbers and webhooks are its own. */
@Entity('account')
export class Account {
  @PrimaryColumn({ ...authId(), name: 'auth_id' }) authId!: string;
  @Column(word(100)) name!: string;
  /** Auth ID at Plivo; for the first account the same as `authId`. */
  @Column({ ...word(64), name: 'plivo_auth_id' }) plivoAuthId!: string;
  /** Sealed. Signs Plivo's webhooks and opens Plivo's REST API. */
  @Column({ ...word(500), name: 'plivo_auth_token' }) plivoAuthToken!: string;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** `disabled`: its tokens open nothing. Calls of its live sessions go on. */
  @Column({ ...word(8), default: 'active' }) status!: 'active' | 'disabled';
  /** For how many days its sessions are kept after their end, 1 to 3650; null: as RETENTION_DAYS says. */
  @Column({ type: 'int', ...nullable, name: 'retention_days' }) retentionDays!: number | null;
  /** Counted up on a cluster by who holds the row and does not change it; nobody reads it (platform/database/held-rows.ts). */
  @Column({ type: 'int', default: 0, select: false }) holds?: number;
}

@Entity('subaccount')
@Index('subaccount_account', ['accountId'])
export class Subaccount {
  @PrimaryColumn({ ...authId(), name: 'auth_id' }) authId!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  @Column(word(100)) name!: string;
  /** Whether its new sessions have texts where the request does not say; null: as its account has decided. */
  @Column({ ...flag(), ...nullable, name: 'messaging_default' }) messagingDefault!: boolean | null;
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** Counted up on a cluster by who holds the row and does not change it; nobody reads it (platform/database/held-rows.ts). */
  @Column({ type: 'int', default: 0, select: false }) holds?: number;
}

/** A subaccount's own token at Plivo; no row: it has none, and the account's does for it. */
@Entity('subaccount_at_plivo', { withoutRowid: true })
export class SubaccountAtPlivo {
  @PrimaryColumn({ ...authId(), name: 'auth_id' }) authId!: string;
  /** Sealed. */
  @Column({ ...word(500), name: 'plivo_auth_token' }) plivoAuthToken!: string;
}

/** A token that opens the REST API for one account or subaccount; at most two of one owner live at a time. */
@Entity('api_token')
@Index('api_token_owner', ['ownerId'])
export class ApiToken {
  @PrimaryColumn(id()) id!: string;
  /** Auth ID of the account or subaccount. */
  @Column({ ...authId(), name: 'owner_id' }) ownerId!: string;
  /** Sealed. */
  @Column(word(500)) token!: string;
  /** `settings`: came from PLIVO_AUTH_TOKEN or is the demo account's, and follows it; `issued`: made through the admin API. */
  @Column(word(8)) origin!: 'settings' | 'issued';
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
}

/** What an operator has decided about an account's calls; no row: nothing yet. */
@Entity('account_setting')
export class AccountSetting {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** JSON; only what has been set. */
  @Column({ type: 'text' }) value!: string;
  @Column({ ...instant(), name: 'updated_at' }) updatedAt!: number;
}

export const ACCOUNTS = tableOf(Account);
export const SUBACCOUNTS = tableOf(Subaccount);
export const SUBACCOUNTS_AT_PLIVO = tableOf(SubaccountAtPlivo);
export const API_TOKENS = tableOf(ApiToken);
export const ACCOUNT_SETTINGS = tableOf(AccountSetting);
