import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts } from '../accounts/index.js';
import { FindSession, SessionRecords, sessionsOfParty } from '../sessions/index.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { marks, selection, type Selected } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { countFrom } from '../platform/http/resource-list.js';
import { isByAccount, matchingTexts, type TextSearch } from './search-texts.js';
import { NOTICES } from './text-notice.entity.js';
import { bodyPlace, FORWARDS, recipientPlace, senderPlace, TEXTS, type TextForward } from './text.entity.js';

const TEXT = selection(TEXTS.fields());
const FORWARD = selection(FORWARDS.fields());

const OF_PERSON = selection(TEXTS.fields('t'));
const NOTICE = selection(NOTICES.pick(['id', 'virtualNumber', 'kind', 'state', 'units', 'createdAt']));

/** A sentence of ours that somebody was told. */
export type FoundNotice = Selected<typeof NOTICE>;

export const TEXT_SIDES = ['wrote', 'was sent', 'was not sent'] as const;
export type TextSide = (typeof TEXT_SIDES)[number];

type Owner = { accountId: string; subaccountId: string | null };

/** A text that came in, with what was sent on of it, in its order. Digits of people who were erased are null. */
export interface FoundText {
  text: Selected<typeof TEXT>;
  forwards: Selected<typeof FORWARD>[];
  sender: string | null;
  recipient: string | null;
}

/** One leg of a text: what came in, or one message that was sent on. */
export interface FoundTextLeg {
  messageUuid: string;
  direction: 'inbound' | 'outbound';
  at: number;
  state: TextForward['state'] | 'received';
  from: string | null;
  to: string | null;
  mediaCount: number;
  units: number | null;
  amount: number | null;
  carrierFee: number | null;
  errorCode: number | null;
}

/** Shows texts of sessions, as far as their owner may see them. Refuses those of others and strangers' alike. */
@Injectable()
export class FindTexts {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
    private readonly findSession: FindSession,
    private readonly accounts: Accounts,
    private readonly records: SessionRecords,
  ) {}

  /** The newest first. */
  async ofSession(
    owner: Owner,
    sessionId: string,
    { limit, offset }: { limit: number; offset: number },
  ): Promise<{ total: number; texts: FoundText[] }> {
    await this.findSession.run(owner, sessionId);
    return this.database.browse(async (manager) => {
      const from = 'FROM text_message WHERE session_id = ?';
      const total = await countFrom(manager, from, [sessionId], offset);
      const page = `${from} ORDER BY received_at DESC, id DESC LIMIT ? OFFSET ?`;
      return { total, texts: await this.whole(manager, await TEXT.read(manager, page, [sessionId, limit, offset])) };
    });
  }

  /** For who may see every account's: newest first, behind a place. */
  search(search: TextSearch): Promise<FoundText[]> {
    return this.database.browse(async (manager) => {
      const all = async () => (isByAccount(search) ? this.accounts.ids(manager) : [null]);
      const accountIds = search.accountId === undefined ? await all() : [search.accountId];
      const indexOf = (accountId: string, number: string): string => this.records.partyIndex(accountId, number) ?? '';
      return this.whole(manager, await matchingTexts(manager, this.database, search, { accountIds, indexOf }));
    });
  }

  /** By Plivo's MessageUUID. */
  async leg(owner: Owner, messageUuid: string): Promise<FoundTextLeg> {
    const place = [owner.accountId, messageUuid];
    const found = await this.database.read(async (manager) => {
      const rest = 'WHERE account_id = ? AND message_uuid = ?';
      const [text] = await TEXT.read(manager, `FROM text_message ${rest}`, place);
      const [forward] = text ? [] : await FORWARD.read(manager, `FROM text_forward ${rest}`, place);
      return text ? this.received(text) : forward ? this.sent(forward) : null;
    });
    if (found === null || found.sessionId === null) throw new NotFound();
    const { sessionId, ...leg } = found;
    await this.findSession.run(owner, sessionId);
    return leg;
  }

  /** What was written, as it was sent on, while it is kept. */
  async words(owner: Owner, sessionId: string, messageUuid: string): Promise<string> {
    await this.findSession.run(owner, sessionId);
    const forwards = await this.database.read((manager) =>
      FORWARD.read(
        manager,
        `FROM text_forward WHERE session_id = ? AND is_body_kept = 1 AND body IS NOT NULL
         AND text_id = (SELECT id FROM text_message WHERE account_id = ? AND message_uuid = ?) ORDER BY position`,
        [sessionId, owner.accountId, messageUuid],
      ),
    );
    if (forwards.length === 0) throw new NotFound();
    return forwards.map((forward) => this.crypto.open(bodyPlace(forward), forward.body ?? '')).join('');
  }

  /** By our id, for who may see every account's: as they were sent on, while they are kept; and whose they are. */
  async wordsById(id: string): Promise<{ accountId: string; sessionId: string | null; words: string }> {
    const [found] = await this.database.read(async (manager) =>
      this.whole(manager, await TEXT.read(manager, 'FROM text_message WHERE id = ?', [id])),
    );
    const words = found === undefined ? null : this.wordsOf(found);
    if (found === undefined || words === null) throw new NotFound();
    return { accountId: found.text.accountId, sessionId: found.text.sessionId, words };
  }

  /** Texts of a person, of one account's index, the oldest first. */
  ofPerson(side: TextSide, index: string, after: { at: number; id: string }, limit: number): Promise<FoundText[]> {
    return this.database.browse(async (manager) => {
      const place = '(t.received_at > ? OR (t.received_at = ? AND t.id > ?)) ORDER BY t.received_at, t.id LIMIT ?';
      const { sql, parameters } = textsOfSide(side, index);
      const behind = [after.at, after.at, after.id, limit];
      return this.whole(manager, await OF_PERSON.read(manager, `${sql} AND ${place}`, [...parameters, ...behind]));
    });
  }

  /** Sentences of ours to a person, of one account's index, the oldest first. */
  noticesTo(index: string, after: { at: number; id: string }, limit: number): Promise<FoundNotice[]> {
    return this.database.browse((manager) =>
      NOTICE.read(
        manager,
        `FROM text_notice WHERE recipient_index = ? AND (created_at > ? OR (created_at = ? AND id > ?))
         ORDER BY created_at, id LIMIT ?`,
        [index, after.at, after.at, after.id, limit],
      ),
    );
  }

  /** Of a person's texts for who exports them: the words of one, or null where they are not kept. */
  wordsOf({ forwards }: FoundText): string | null {
    if (!areWordsKept({ forwards })) return null;
    return forwards
      .filter(isKept)
      .map((forward) => this.crypto.open(bodyPlace(forward), forward.body ?? ''))
      .join('');
  }

  private async whole(manager: EntityManager, texts: Selected<typeof TEXT>[]): Promise<FoundText[]> {
    if (texts.length === 0) return [];
    const ids = texts.map(({ id }) => id);
    const forwards = await FORWARD.read(
      manager,
      `FROM text_forward WHERE text_id IN (${marks(ids)}) ORDER BY position`,
      ids,
    );
    return texts.map((text) => {
      const own = forwards.filter(({ textId }) => textId === text.id);
      const [first] = own;
      const recipient = first?.recipient == null ? null : this.crypto.open(recipientPlace(first), first.recipient);
      return { text, forwards: own, sender: this.senderOf(text), recipient };
    });
  }

  private received(text: Selected<typeof TEXT>): FoundTextLeg & { sessionId: string | null } {
    const { sessionId, messageUuid, virtualNumber, mediaCount, units, amount, carrierFee, receivedAt } = text;
    const person = this.senderOf(text);
    const bill = { units, amount, carrierFee, errorCode: null };
    const line = { from: person, to: virtualNumber, mediaCount };
    return { sessionId, messageUuid, direction: 'inbound', at: receivedAt, state: 'received', ...line, ...bill };
  }

  private sent(forward: Selected<typeof FORWARD>): FoundTextLeg & { sessionId: string | null } {
    const { sessionId, messageUuid, virtualNumber, recipient, state, units, amount, carrierFee, errorCode } = forward;
    const to = recipient === null ? null : this.crypto.open(recipientPlace(forward), recipient);
    const line = { from: virtualNumber, to, mediaCount: forward.mediaCount };
    const bill = { units, amount, carrierFee, errorCode };
    const at = forward.sendingAt ?? forward.createdAt;
    return { sessionId, messageUuid: messageUuid ?? '', direction: 'outbound', at, state, ...line, ...bill };
  }

  private senderOf(text: Selected<typeof TEXT>): string | null {
    return text.sender === null ? null : this.crypto.open(senderPlace(text), text.sender);
  }
}

/** Whether words are kept beyond their delivery, as the account has decided. */
export function areWordsKept({ forwards }: Pick<FoundText, 'forwards'>): boolean {
  return forwards.some(isKept);
}

function isKept({ isBodyKept, body }: Pick<TextForward, 'isBodyKept' | 'body'>): boolean {
  return isBodyKept && body !== null;
}

function textsOfSide(side: TextSide, index: string): { sql: string; parameters: unknown[] } {
  if (side === 'wrote') return { sql: 'FROM text_message t WHERE t.sender_index = ?', parameters: [index] };
  if (side === 'was sent') {
    const forwarded = 'SELECT f.text_id FROM text_forward f WHERE f.recipient_index = ?';
    return { sql: `FROM text_message t WHERE t.id IN (${forwarded})`, parameters: [index] };
  }
  // What was refused names nobody whom it was for: it is known by the session alone.
  const own = sessionsOfParty({ index, until: Number.MAX_SAFE_INTEGER });
  return {
    sql: `FROM ${own.sql} p CROSS JOIN text_message t ON t.session_id = p.id
      WHERE t.decision = 'refuse' AND (t.sender_index IS NULL OR t.sender_index <> ?)`,
    parameters: [...own.parameters, index],
  };
}
