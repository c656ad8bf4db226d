import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LendNumber, pooledAmong } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { late, type Tx } from '../platform/database/database.js';
import { marks } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Config } from '../platform/settings/config.js';
import type { E164 } from '../telephony/phone.js';
import { refusedSession, type ImportedSession } from './imported-session.js';
import { allocationOf, ownerOf } from './session-draft.js';
import { SESSIONS } from './session.entity.js';
import { isLive, SessionRecords, WHOLE, type SessionOwner, type SessionRecord } from './session-record.js';
import {
  PairHasSession,
  PartyIsVirtualNumber,
  SessionsRefused,
  SessionUuidTaken,
  type RefusedSession,
} from './sessions.errors.js';
import { SessionsImported } from './sessions.events.js';

/** What is looked up together, so that a session costs two trips to the database and not six; then whoever else waits for this thread has a turn. */
const AT_ONCE = 200;
const ROLES = ['first', 'second'] as const;

export interface ImportResult {
  imported: number;
  /** Of the same parties on the same number under the same uuid: of an earlier import, whatever became of them. */
  unchanged: number;
}

/** What is known of some sessions before they are opened. */
interface Surroundings {
  /** By uuid. */
  known: Map<string, SessionRecord>;
  /** By the index of the pair. */
  ofPairs: Map<string, SessionRecord>;
  virtualNumbers: ReadonlySet<string>;
}

/**
 * Takes over live sessions of another system, each under its own uuid and on its own number: all of them or none. Refuses with a list of everything that is in
 * the way, `refused` among it. What is there already is left as it is, so that an import may be repeated. Nobody is called, and nothing is charged.
 */
@Injectable()
export class ImportSessions {
  constructor(
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly events: Events,
    private readonly records: SessionRecords,
    private readonly lendNumber: LendNumber,
  ) {}

  async run(
    tx: Tx,
    accountId: string,
    { sessions, refused: before }: { sessions: readonly ImportedSession[]; refused: readonly RefusedSession[] },
  ): Promise<ImportResult> {
    const refused = [...before];
    const made: SessionRecord[] = [];
    // In one order whoever imports, so that two at once do not each wait for the other.
    const inOrder = [...sessions].sort(byNumber);
    for (let from = 0; from < inOrder.length; from += AT_ONCE) {
      const some = inOrder.slice(from, from + AT_ONCE);
      const surroundings = await this.lookAround(tx, accountId, some);
      for (const session of some) {
        try {
          const opened = await this.take(tx, accountId, session, surroundings);
          if (opened !== null) made.push(opened);
        } catch (error) {
          refused.push(refusedSession(session.index, session.id, error));
        }
      }
      await nextTurn();
    }
    if (refused.length > 0) throw new SessionsRefused(refused.sort((one, other) => one.index - other.index));

    if (made.length > 0) await this.events.publish(tx, new SessionsImported(accountId, made));
    return { imported: made.length, unchanged: sessions.length - made.length };
  }

  /** Null for one that is there already. */
  private async take(
    tx: Tx,
    accountId: string,
    session: ImportedSession,
    around: Surroundings,
  ): Promise<SessionRecord | null> {
    const there = around.known.get(session.id);
    if (there !== undefined) {
      if (!this.isSame(there, session, accountId)) throw new SessionUuidTaken();
      return null;
    }
    const virtual = ROLES.find((role) => around.virtualNumbers.has(session.parties[role] ?? ''));
    if (virtual !== undefined) throw new PartyIsVirtualNumber(`${virtual}_party`);

    const opened = await this.open(tx, accountId, session, around.ofPairs);
    around.known.set(session.id, opened);
    return opened;
  }

  private async lookAround(tx: Tx, accountId: string, some: readonly ImportedSession[]): Promise<Surroundings> {
    const ids = some.map(({ id }) => id);
    const phones = some.flatMap(({ parties }) => ROLES.flatMap((role) => (parties[role] ?? []) as E164 | []));
    const pairs = some.flatMap(
      (session) => this.records.pairIndex({ ...ownerIn(accountId, session), ...session }) ?? [],
    );
    // First, as it waits for whoever imports the same: what that one has made must be known below.
    const ofPairs: Surroundings['ofPairs'] = pairs.length === 0 ? new Map() : await this.records.lockPairs(tx, pairs);
    const rows = await WHOLE.read(tx, `FROM masking_session WHERE id IN (${marks(ids)})`, ids);
    return {
      known: new Map(rows.map((row) => [row.id, this.records.fromRow(row)])),
      ofPairs,
      virtualNumbers: new Set(await pooledAmong(tx, phones)),
    };
  }

  /** The parties in any spelling. One that has ended here since, or has been given its second party, is the same session. */
  private isSame(there: SessionRecord, { virtualNumber, parties }: ImportedSession, accountId: string): boolean {
    if (there.accountId !== accountId || there.virtualNumber !== virtualNumber) return false;
    return ROLES.every((role) => {
      const index = this.records.partyIndex(accountId, parties[role]);
      return index === null || index === there[`${role}Index`];
    });
  }

  private async open(
    tx: Tx,
    accountId: string,
    imported: ImportedSession,
    ofPairs: Surroundings['ofPairs'],
  ): Promise<SessionRecord> {
    const { id, parties, settings, expiresAt, request, virtualNumber: digits } = imported;
    const owner = await ownerOf(tx, { accountId, subaccountId: null }, request);
    const pairIndex = this.records.pairIndex({ ...owner, parties });
    const ofPair = pairIndex === null ? undefined : ofPairs.get(pairIndex);
    const now = this.clock.now();
    if (ofPair && isLive(ofPair, now)) throw new PairHasSession();
    if (ofPair) await SESSIONS.update(tx, { pairIndex: null }, 'WHERE id = ?', [ofPair.id]);

    const draft = {
      id,
      ...owner,
      status: 'active' as const,
      parties,
      firstIndex: this.records.partyIndex(accountId, parties.first),
      secondIndex: this.records.partyIndex(accountId, parties.second),
      settings,
      createdAt: now,
      modifiedAt: now,
      expiresAt,
      renewals: 0,
      fee: 0,
    };
    // The number is given: of its country nothing is wished but what that country's rules forbid.
    const wish = allocationOf({ ...draft, settings: { ...settings, geomatch: false } }, this.records, this.config);
    const { id: virtualNumberId, number: virtualNumber } = await this.lendNumber.run(tx, digits, wish);
    const session: SessionRecord = { virtualNumberId, virtualNumber, ...draft };
    await SESSIONS.insert(late(tx), this.records.toRow(session));
    if (pairIndex !== null) ofPairs.set(pairIndex, session);
    return session;
  }
}

function ownerIn(accountId: string, { request }: ImportedSession): SessionOwner {
  return { accountId, subaccountId: request.subaccount ?? null };
}

function byNumber(one: ImportedSession, other: ImportedSession): number {
  const [left, right] = [one, other].map(({ virtualNumber, id }) => `${virtualNumber} ${id}`);
  return left === right ? one.index - other.index : (left ?? '') < (right ?? '') ? -1 : 1;
}
