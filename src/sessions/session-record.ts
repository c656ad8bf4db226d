import { Injectable } from '@nestjs/common';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Tx } from '../platform/database/database.js';
import type { SessionParties, SessionSettings } from './session.entity.js';

/** A session as it is worked with: parties opened, settings parsed. */
export interface SessionRecord {
  id: string;
  accountId: string;
  subaccountId: string | null;
  status: 'active' | 'expired';
  parties: SessionParties;
  firstIndex: string | null;
  secondIndex: string | null;
  virtualNumberId: number;
  virtualNumber: string;
  settings: SessionSettings;
  createdAt: number;
  modifiedAt: number;
  expiresAt: number;
  /** What the account is charged for having it, in micro-units; as its price was when it was opened. */
  fee: number;
}

/** A row of `masking_session` as both drivers hand it out. */
export interface SessionRow {
  id: string;
  account_id: string;
  subaccount_id: string | null;
  status: 'active' | 'expired';
  parties: string;
  first_index: string | null;
  second_index: string | null;
  virtual_number_id: number;
  virtual_number: string;
  settings: string;
  created_at: number;
  modified_at: number;
  expires_at: number;
  fee: number | null;
}

export function isLive(session: { status: string; expiresAt: number }, now: number): boolean {
  return session.status === 'active' && session.expiresAt > now;
}

/** Reads and writes rows of `masking_session`; the only place that seals and opens a session's parties. */
@Injectable()
export class SessionRecords {
  constructor(private readonly crypto: Crypto) {}

  fromRow(row: SessionRow): SessionRecord {
    const place = { column: 'masking_session.parties', row: row.id, account: row.account_id };
    return {
      id: row.id,
      accountId: row.account_id,
      subaccountId: row.subaccount_id,
      status: row.status,
      parties: JSON.parse(this.crypto.open(place, row.parties)) as SessionParties,
      firstIndex: row.first_index,
      secondIndex: row.second_index,
      virtualNumberId: row.virtual_number_id,
      virtualNumber: row.virtual_number,
      settings: JSON.parse(row.settings) as SessionSettings,
      createdAt: Number(row.created_at),
      modifiedAt: Number(row.modified_at),
      expiresAt: Number(row.expires_at),
      fee: Number(row.fee ?? 0),
    };
  }

  sealParties(session: { id: string; accountId: string; parties: SessionParties }): string {
    const place = { column: 'masking_session.parties', row: session.id, account: session.accountId };
    return this.crypto.seal(place, JSON.stringify(session.parties));
  }

  partyIndex(accountId: string, number: string | null): string | null {
    return number === null ? null : this.crypto.index(accountId, 'party', number);
  }

  pinIndex(accountId: string, pin: string): string {
    return this.crypto.index(accountId, 'pin', pin);
  }

  /** Stands for a session's file for unknown callers among what answers for strangers on its number. */
  playIndex(accountId: string, sessionId: string): string {
    return `~${this.crypto.index(accountId, 'pin', `play:${sessionId}`).slice(1)}`;
  }

  /** Null unless both parties are known: sessions of one party are never taken for each other. */
  pairIndex(session: { accountId: string; subaccountId: string | null; parties: SessionParties }): string | null {
    const { first, second } = session.parties;
    if (first === null || second === null) return null;
    return this.crypto.index(session.accountId, 'pair', `${session.subaccountId ?? ''}|${first}|${second}`);
  }

  /** Finds a session of this account; with `lock` until the transaction ends. A subaccount sees its own only. */
  async find(tx: Tx, owner: SessionOwner, id: string, lock = ''): Promise<SessionRecord | null> {
    const [row] = (await tx.query(`SELECT * FROM masking_session WHERE id = ? AND account_id = ? ${lock}`, [
      id,
      owner.accountId,
    ])) as SessionRow[];
    if (!row || (owner.subaccountId !== null && row.subaccount_id !== owner.subaccountId)) return null;
    return this.fromRow(row);
  }
}

/** Whose sessions a request may touch: all of an account, or one subaccount's. */
export interface SessionOwner {
  accountId: string;
  subaccountId: string | null;
}
