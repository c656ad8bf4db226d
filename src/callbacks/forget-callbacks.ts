import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { otherCallsOf } from '../call-routing/index.js';
import { sessionsOfParty, type PartyUntil } from '../sessions/index.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { CALLBACKS } from './callback.entity.js';
import { bodyPlace, urlPlace } from './deliver-callbacks.js';

const OF = selection(CALLBACKS.pick(['id', 'sessionId', 'createdAt']));
const TOLD = selection(CALLBACKS.pick(['id', 'accountId', 'body']));
const SENT = selection(CALLBACKS.pick(['id', 'accountId', 'url']));
const PENDING = selection(CALLBACKS.pick(['sessionId', 'callId']));
const COUNT = selection({ callbacks: number('COUNT(*)') });

/** A statement has room for some thousand parameters, and sessions with many calls have many callbacks. */
const AT_ONCE = 500;

/** Deletes what customers were told of sessions that are forgotten, with every attempt. Returns how many callbacks, of those that were made by `until`. */
@Injectable()
export class ForgetCallbacks {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
  ) {}

  /** Those of these sessions of which something is still to be told. */
  async owing(tx: Tx, sessionIds: string[]): Promise<string[]> {
    const pending = await OF.read(
      tx,
      `FROM callback ${this.database.byIndex('callback_sequence')}
       WHERE session_id IN (${marks(sessionIds)}) AND status = 'pending'`,
      sessionIds,
    );
    return pending.map(({ sessionId }) => sessionId);
  }

  /** As `owing`, of those that were made after an instant; for calls, by their ids. */
  async owingSince(tx: Tx, of: 'sessions' | 'calls', ids: string[], since: number): Promise<string[]> {
    const [index, column] = of === 'sessions' ? ['callback_sequence', 'session_id'] : ['callback_fact', 'call_id'];
    const pending = await PENDING.read(
      tx,
      `FROM callback ${this.database.byIndex(index)}
       WHERE ${column} IN (${marks(ids)}) AND status = 'pending' AND created_at > ?`,
      [...ids, since],
    );
    return pending.map((one) => (of === 'sessions' ? one.sessionId : (one.callId ?? '')));
  }

  /** How many callbacks there are of a person's sessions and of its other calls. */
  async count(manager: EntityManager, party: PartyUntil): Promise<number> {
    const own = sessionsOfParty(party);
    const parts = [
      { sql: `FROM ${own.sql} p CROSS JOIN callback b ON b.session_id = p.id`, parameters: own.parameters },
    ];
    for (const side of ['caller_index', 'dialled_index'] as const) {
      const { sql, parameters } = otherCallsOf(side, party);
      parts.push({ sql: `FROM (SELECT c.id ${sql}) p CROSS JOIN callback b ON b.call_id = p.id`, parameters });
    }
    let total = 0;
    for (const { sql, parameters } of parts) total += (await COUNT.read(manager, sql, parameters))[0]?.callbacks ?? 0;
    return total;
  }

  /** With the count of their streams: nothing is told of these sessions any more. */
  async ofSessions(tx: Tx, sessionIds: string[], until = Number.MAX_SAFE_INTEGER): Promise<number> {
    const deleted = await this.delete(tx, { index: 'callback_sequence', column: 'session_id', until }, sessionIds);
    const those = `session_id IN (${marks(sessionIds)})`;
    await change(tx, `${this.database.deleteFrom('callback_stream')} WHERE ${those}`, sessionIds);
    return deleted;
  }

  ofCalls(tx: Tx, callIds: string[], until = Number.MAX_SAFE_INTEGER): Promise<number> {
    return this.delete(tx, { index: 'callback_fact', column: 'call_id', until }, callIds);
  }

  /** Of these sessions, which stay, what was told of texts and names a person: of which text it was told it does not say, so each is opened. */
  async ofTexts(tx: Tx, sessionIds: string[], isOf: (text: string) => boolean): Promise<void> {
    if (sessionIds.length === 0) return;
    const told = await TOLD.read(
      tx,
      `FROM callback ${this.database.byIndex('callback_sequence')}
       WHERE session_id IN (${marks(sessionIds)}) AND stream = 'message' ${this.database.forUpdate}`,
      sessionIds,
    );
    const own = told.filter(({ id, accountId, body }) => isOf(this.crypto.open(bodyPlace(id, accountId), body)));
    await this.deleteRows(
      tx,
      own.map(({ id }) => id),
    );
  }

  /** Writes the URLs anew that a session's callbacks were, or are to be, sent to. */
  async rewriteUrls(tx: Tx, sessionId: string, rewrite: (url: string) => string): Promise<void> {
    const rest = `FROM callback ${this.database.byIndex('callback_sequence')} WHERE session_id = ? ${this.database.forUpdate}`;
    for (const { id, accountId, url: sealed } of await SENT.read(tx, rest, [sessionId])) {
      const place = urlPlace(id, accountId);
      const url = this.crypto.open(place, sealed);
      const written = rewrite(url);
      if (written === url) continue;
      await CALLBACKS.update(tx, { url: this.crypto.seal(place, written) }, 'WHERE id = ?', [id]);
    }
  }

  private async delete(
    tx: Tx,
    { index, column, until }: { index: string; column: string; until: number },
    values: string[],
  ): Promise<number> {
    const rest = `FROM callback ${this.database.byIndex(index)} WHERE ${column} IN (${marks(values)})`;
    // Held: an attempt that is under way notes itself before, and goes too, or finds nothing to note.
    const found = await OF.read(tx, `${rest} ${this.database.forUpdate}`, values);
    await this.deleteRows(
      tx,
      found.map(({ id }) => id),
    );
    return found.filter(({ createdAt }) => createdAt <= until).length;
  }

  private async deleteRows(tx: Tx, all: string[]): Promise<void> {
    for (let start = 0; start < all.length; start += AT_ONCE) {
      const ids = all.slice(start, start + AT_ONCE);
      const those = `IN (${marks(ids)})`;
      await change(tx, `${this.database.deleteFrom('callback_attempt')} WHERE callback_id ${those}`, ids);
      await change(tx, `${this.database.deleteFrom('callback')} WHERE id ${those}`, ids);
    }
  }
}
