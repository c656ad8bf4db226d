import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Spend } from '../accounts/index.js';
import { sessionsOfParty, type PartyUntil } from '../sessions/index.js';
import { DeleteMedia } from '../text-media/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Events } from '../platform/events/events.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection, text } from '../platform/database/rows.js';
import {
  agedNotices,
  blankNotices,
  deleteNotices,
  noticesElsewhere,
  noticesOf,
  strangersNotices,
} from './forget-notices.js';
import { REACH_MS } from './sweep-texts.js';
import { NOTICES } from './text-notice.entity.js';
import { TextFigured } from './texts.events.js';
import { FORWARDS, TEXTS } from './text.entity.js';

const AT_ONCE = 500;
/** How long the sweep may find a text in Plivo's list, with what a sweep takes: one that is forgotten sooner would be taken anew, with its writer, and counted twice. */
const LISTED_MS = REACH_MS + HOUR_MS;
const ID = selection(TEXTS.pick(['id']));
const FORWARD_ID = selection(FORWARDS.pick(['id', 'accountId', 'state']));
const COUNT = selection({ texts: number('COUNT(*)') });
const OWING = selection({ sessionId: text('session_id') });
/** What is still to be sent, or looked for: once its person is gone it is neither. */
const OPEN = "state IN ('pending', 'sending', 'unknown')";

/** Deletes texts and our own sentences to who wrote them, or takes people out of those whose price may still change. What they come to in sums is its keeper's to remember first. */
@Injectable()
export class ForgetTexts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly spend: Spend,
    private readonly events: Events,
    private readonly media: DeleteMedia,
  ) {}

  /** Those of these sessions of which a text is on its way, has a price to come, or may be found in Plivo's list. */
  async owing(tx: Tx, sessionIds: string[]): Promise<string[]> {
    const those = `session_id IN (${marks(sessionIds)})`;
    const sent = await OWING.read(
      tx,
      `FROM text_forward WHERE ${those} AND (${OPEN} OR price_at IS NOT NULL)`,
      sessionIds,
    );
    const received = await OWING.read(
      tx,
      `FROM text_message WHERE ${those} AND (price_at IS NOT NULL OR received_at > ?)`,
      [...sessionIds, this.unlistedBefore()],
    );
    const said = await OWING.read(
      tx,
      `FROM text_notice WHERE ${those} AND (state IN ('pending', 'sending') OR price_at IS NOT NULL)`,
      sessionIds,
    );
    return [...new Set([...sent, ...received, ...said].map(({ sessionId }) => sessionId))];
  }

  /** How many texts these sessions have. */
  async count(tx: Tx, sessionIds: string[]): Promise<number> {
    const [count] = await COUNT.read(tx, `FROM text_message WHERE session_id IN (${marks(sessionIds)})`, sessionIds);
    return count?.texts ?? 0;
  }

  /** All texts of these sessions. */
  async ofSessions(tx: Tx, sessionIds: string[]): Promise<void> {
    const those = `session_id IN (${marks(sessionIds)})`;
    const forwards = await FORWARD_ID.read(tx, `FROM text_forward WHERE ${those}`, sessionIds);
    await this.forget(tx, forwards);
    await change(tx, `${this.database.deleteFrom('text_message')} WHERE ${those}`, sessionIds);
    await this.forgetNotices(tx, await noticesOf(tx, sessionIds));
  }

  /** Texts of an account that came to no session, and came by an instant; returns their ids. */
  async strangers(tx: Tx, accountId: string, until: number, limit: number): Promise<string[]> {
    const texts = await ID.read(
      tx,
      `FROM text_message WHERE account_id = ? AND session_id IS NULL AND received_at <= ? ORDER BY received_at LIMIT ${limit}`,
      [accountId, Math.min(until, this.unlistedBefore())],
    );
    const notices = await strangersNotices(tx, accountId, until, limit);
    return [...texts.map(({ id }) => id), ...notices].slice(0, limit);
  }

  /** These texts, and what was sent on of them. */
  async run(tx: Tx, textIds: string[]): Promise<void> {
    if (textIds.length === 0) return;
    const forwards = await FORWARD_ID.read(tx, `FROM text_forward WHERE text_id IN (${marks(textIds)})`, textIds);
    await this.forget(tx, forwards);
    await change(tx, `${this.database.deleteFrom('text_message')} WHERE id IN (${marks(textIds)})`, textIds);
    await this.forgetNotices(tx, textIds);
  }

  /** How many texts a person's sessions have, and how many others it wrote or was sent. */
  async countOf(manager: EntityManager, party: PartyUntil): Promise<number> {
    const { sql, parameters } = sessionsOfParty(party);
    const [own] = await COUNT.read(
      manager,
      `FROM ${sql} p CROSS JOIN text_message t ON t.session_id = p.id`,
      parameters,
    );
    const [said] = await COUNT.read(
      manager,
      `FROM ${sql} p CROSS JOIN text_notice n ON n.session_id = p.id`,
      parameters,
    );
    return (own?.texts ?? 0) + (said?.texts ?? 0) + (await this.elsewhere(manager, party, 100_000)).length;
  }

  /** Texts that a person wrote or was sent, and that belong to no session of its own: those of which the person has not been taken out. */
  async elsewhere(manager: EntityManager, party: PartyUntil, limit: number): Promise<string[]> {
    const { index, until } = party;
    const notOwn = 'LEFT JOIN masking_session s ON s.id = t.session_id AND (s.first_index = ? OR s.second_index = ?)';
    const written = await T_ID.read(
      manager,
      `FROM text_message t ${notOwn} WHERE t.sender_index = ? AND t.received_at <= ? AND s.id IS NULL LIMIT ${limit}`,
      [index, index, index, until],
    );
    const sent = await T_ID.read(
      manager,
      `FROM text_forward f JOIN text_message t ON t.id = f.text_id ${notOwn}
       WHERE f.recipient_index = ? AND f.created_at <= ? AND s.id IS NULL LIMIT ${limit}`,
      [index, index, index, until],
    );
    const said = await noticesElsewhere(manager, party, limit);
    return [...new Set([...[...written, ...sent].map(({ id }) => id), ...said])];
  }

  /** Those of these texts that belong to a session, by its id. */
  async sessionsOf(tx: Tx, textIds: string[]): Promise<string[]> {
    if (textIds.length === 0) return [];
    const those = `FROM text_message WHERE id IN (${marks(textIds)}) AND session_id IS NOT NULL`;
    return [...new Set((await OWING.read(tx, those, textIds)).map(({ sessionId }) => sessionId))];
  }

  /** Takes both numbers and all words out of texts; they stay texts of their sessions, for the bill. */
  async blank(tx: Tx, textIds: string[]): Promise<void> {
    if (textIds.length === 0) return;
    const those = `IN (${marks(textIds)})`;
    await TEXTS.update(tx, { sender: null, senderIndex: null, body: null }, `WHERE id ${those}`, textIds);
    const waiting = { decision: 'refuse' as const, reason: 'unverified' as const };
    await TEXTS.update(tx, waiting, `WHERE id ${those} AND decision = 'wait'`, textIds);
    const forwards = await FORWARD_ID.read(tx, `FROM text_forward WHERE text_id ${those}`, textIds);
    await this.media.ofForwards(
      tx,
      forwards.map(({ id }) => id),
    );
    for (const { id, accountId, state } of forwards) {
      const none = { recipient: null, recipientIndex: null, body: null, isBodyKept: false, lookUpAt: null };
      const ended = state === 'pending' ? { state: 'rejected' as const, reason: 'session-gone' } : {};
      const lost = state === 'sending' || state === 'unknown' ? { state: 'unconfirmed' as const } : {};
      await FORWARDS.update(tx, { ...none, ...ended, ...lost, updatedAt: this.clock.now() }, 'WHERE id = ?', [id]);
      if (OPEN_STATES.has(state)) await this.spend.release(tx, accountId, id);
    }
    for (const { id, accountId, state } of await blankNotices(tx, textIds, this.clock.now())) {
      if (OPEN_STATES.has(state)) await this.spend.release(tx, accountId, id);
      await this.events.publish(tx, new TextFigured(accountId, id));
    }
    for (const { id, accountId } of await OF_ACCOUNT.read(tx, `FROM text_message WHERE id ${those}`, textIds))
      await this.events.publish(tx, new TextFigured(accountId, id));
  }

  /** The same for texts of sessions that are about to go: they belong to none from here on. */
  async detach(tx: Tx, textIds: string[]): Promise<void> {
    if (textIds.length === 0) return;
    await TEXTS.update(tx, { sessionId: null }, `WHERE id IN (${marks(textIds)})`, textIds);
    await NOTICES.update(tx, { sessionId: null }, `WHERE id IN (${marks(textIds)})`, textIds);
    // A lane of its own each: no session's, and its place in that is still one's only.
    await change(tx, `UPDATE text_forward SET session_id = id WHERE text_id IN (${marks(textIds)})`, textIds);
    await this.blank(tx, textIds);
  }

  /** The oldest texts of these sessions: those of which nothing is to come, and those of which a price is, or a word of Plivo's list. */
  async oldestOf(tx: Tx, sessionIds: string[], limit: number): Promise<{ final: string[]; open: string[] }> {
    const texts = await OLDEST.read(
      tx,
      `FROM text_message t WHERE session_id IN (${marks(sessionIds)}) ORDER BY received_at, id LIMIT ${limit}`,
      sessionIds,
    );
    const unlisted = this.unlistedBefore();
    const aged = texts.map((one) => (one.at > unlisted ? { ...one, open: 1 } : one));
    const notices = await agedNotices(tx, sessionIds, limit);
    const oldest = [...aged, ...notices].sort((one, other) => one.at - other.at).slice(0, limit);
    const idsOf = (isOpen: boolean): string[] => oldest.filter((one) => one.open > 0 === isOpen).map(({ id }) => id);
    return { final: idsOf(false), open: idsOf(true) };
  }

  private unlistedBefore(): number {
    return this.clock.now() - LISTED_MS;
  }

  private async forgetNotices(tx: Tx, ids: string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const some = ids.slice(start, start + AT_ONCE);
      await this.spend.forget(tx, some);
      await deleteNotices(tx, this.database, some);
    }
  }

  private async forget(tx: Tx, forwards: { id: string }[]): Promise<void> {
    const ids = forwards.map(({ id }) => id);
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const some = ids.slice(start, start + AT_ONCE);
      await this.spend.forget(tx, some);
      await this.media.forget(tx, some);
      await change(tx, `${this.database.deleteFrom('text_forward')} WHERE id IN (${marks(some)})`, some);
    }
  }
}

const OF_ACCOUNT = selection(TEXTS.pick(['id', 'accountId']));
const OLDEST = selection({
  ...TEXTS.pick(['id'], 't'),
  at: TEXTS.pick(['receivedAt'], 't').receivedAt,
  open: number(`CASE WHEN t.price_at IS NOT NULL THEN 1 ELSE (SELECT COUNT(*) FROM text_forward f WHERE f.text_id = t.id
    AND (f.price_at IS NOT NULL OR f.${OPEN})) END`),
});
const T_ID = selection(TEXTS.pick(['id'], 't'));
const OPEN_STATES: ReadonlySet<string> = new Set(['pending', 'sending', 'unknown']);
