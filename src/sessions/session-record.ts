import { Injectable } from '@nestjs/common';
import { Crypto, type SealedPlace } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { personOf } from '../telephony/identity.js';
import type { E164 } from '../telephony/phone.js';
import { moveCount } from './count-sessions.js';
import { holdToEnd } from './session-hold.js';
import { SESSIONS, type MaskingSession, type SessionParties, type SessionSettings } from './session.entity.js';

/** A session as it is worked with: parties opened, settings parsed. */
export interface SessionRecord extends Omit<MaskingSession, 'parties' | 'settings' | 'pairIndex' | 'fee'> {
  parties: SessionParties;
  settings: SessionSettings;
  /** What the account is charged for having it, in micro-units; as its price was when it was opened. */
  fee: number;
  /** Made anew for each row. There and empty, because an object without one of its row's names is copied name by name: 4 us and more of each answer. */
  pairIndex?: undefined;
}

/** What is told of a session whose time is over: nobody's number. */
export type ExpiredSession = Pick<SessionRecord, 'id' | 'accountId' | 'subaccountId' | 'virtualNumber' | 'settings'> & {
  /** Milliseconds since 1970. */
  endedAt: number;
};

/** Whole rows. */
export const WHOLE = selection(SESSIONS.fields());

export function isLive(session: { status: string; expiresAt: number }, now: number): boolean {
  return session.status === 'active' && session.expiresAt > now;
}

/** Of a session of the owner's account: whether it is the owner's. */
export function isOwn(session: { subaccountId: string | null }, { subaccountId }: SessionOwner): boolean {
  return subaccountId === null || session.subaccountId === subaccountId;
}

/** Reads and writes rows of `masking_session`; the only place that seals and opens a session's parties. */
@Injectable()
export class SessionRecords {
  constructor(
    private readonly crypto: Crypto,
    private readonly database: Database,
  ) {}

  /** Makes a session hold its number until its new end; throws `Contended` where somebody else has it by now. */
  holdToEnd(tx: Tx, session: SessionRecord): Promise<void> {
    return holdToEnd(tx, this.database, session);
  }

  fromRow(row: MaskingSession): SessionRecord {
    const place: SealedPlace = { column: 'masking_session.parties', row: row.id, account: row.accountId };
    return {
      ...row,
      parties: JSON.parse(this.crypto.open(place, row.parties)) as SessionParties,
      settings: JSON.parse(row.settings) as SessionSettings,
      fee: row.fee ?? 0,
      pairIndex: undefined,
    };
  }

  /** The inverse of `fromRow`. */
  toRow(session: SessionRecord): MaskingSession {
    return {
      ...session,
      parties: this.sealParties(session),
      settings: JSON.stringify(session.settings),
      pairIndex: this.pairIndex(session),
    };
  }

  sealParties(session: { id: string; accountId: string; parties: SessionParties }): string {
    const place: SealedPlace = { column: 'masking_session.parties', row: session.id, account: session.accountId };
    return this.crypto.seal(place, JSON.stringify(session.parties));
  }

  /** Of the person: all spellings of one phone have one index. */
  partyIndex(accountId: string, number: string | null): string | null {
    return number === null ? null : this.crypto.index(accountId, 'party', personOf(number as E164));
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
    const people = [first, second].map((number) => personOf(number as E164)).join('|');
    return this.crypto.index(session.accountId, 'pair', `${session.subaccountId ?? ''}|${people}`);
  }

  /** A session of this account, kept from everybody else until the transaction ends. A subaccount sees its own only. */
  lock(tx: Tx, owner: SessionOwner, id: string): Promise<SessionRecord | null> {
    const locked = `FROM masking_session WHERE id = ? AND account_id = ? ${this.database.forUpdate}`;
    return this.owned(tx, owner, locked, [id, owner.accountId]);
  }

  /** As it stands now, for who changes nothing of it. */
  seen(tx: Tx, owner: SessionOwner, id: string): Promise<SessionRecord | null> {
    return this.owned(tx, owner, 'FROM masking_session WHERE id = ? AND account_id = ?', [id, owner.accountId]);
  }

  /** The session of this ordered pair that has not been ended yet, locked. */
  async lockPair(tx: Tx, session: SessionOwner & { parties: SessionParties }): Promise<SessionRecord | null> {
    const pairIndex = this.pairIndex(session);
    if (pairIndex === null) return null;
    return this.owned(tx, session, `FROM masking_session WHERE pair_index = ? ${this.database.forUpdate}`, [pairIndex]);
  }

  /** The same of many pairs, by their indexes. */
  async lockPairs(tx: Tx, pairIndexes: readonly string[]): Promise<Map<string, SessionRecord>> {
    const there = await WHOLE.read(
      tx,
      `FROM masking_session WHERE pair_index IN (${marks(pairIndexes)}) ${this.database.forUpdate}`,
      [...pairIndexes],
    );
    return new Map(there.map((row) => [row.pairIndex ?? '', this.fromRow(row)]));
  }

  /** For whoever changes a session's end, last in the transaction: its lists know how many end when. */
  async moveCount(tx: Tx, before: SessionRecord, expiresAt: number): Promise<void> {
    await moveCount(tx, this.database, before, expiresAt);
  }

  private async owned(tx: Tx, owner: SessionOwner, rest: string, parameters: string[]): Promise<SessionRecord | null> {
    const [row] = await WHOLE.read(tx, rest, parameters);
    return row && isOwn(row, owner) ? this.fromRow(row) : null;
  }
}

/** Whose sessions a request may touch: all of an account, or one subaccount's. */
export interface SessionOwner {
  accountId: string;
  subaccountId: string | null;
}
