import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  addOptFact,
  isSilent,
  optFactOf,
  optOutOf,
  removeOptOuts,
  settleOptFact,
  type TextOptOut,
  type TextPlace,
} from '../number-pool/index.js';
import type { MessageRecord } from '../plivo/index.js';
import { FindRoute, SessionRecords, type Route, type SessionRecord } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Events } from '../platform/events/events.js';
import { Jobs, RetryLater } from '../platform/jobs/jobs.js';
import type { E164 } from '../telephony/phone.js';
import { AddNotice, type WantedNotice } from './add-notice.js';
import { ReadRecord } from './read-record.js';
import type { TextFacts } from './text-decision.js';
import { DATE_WORD } from './text-lanes.js';
import { senderPlace, TEXTS, type TextForward } from './text.entity.js';
import { PartyOpted } from './texts.events.js';

/** Then it is taken to have been written when it came. */
const PATIENCE_MS = 60_000;
const AGAIN_SECONDS = 5;

const TEXT = selection(
  TEXTS.pick(['id', 'accountId', 'messageUuid', 'sender', 'senderIndex', 'virtualNumber', 'receivedAt']),
);

/**
 * Takes down who wants no texts from which number, and who wants them again. Webhooks of texts have no time in them and come in any order, so Plivo's record
 * is read for when a word was written, and the newest word holds. Until then STOP holds at once, and START not yet.
 */
@Injectable()
export class NoteOptOuts implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly records: SessionRecords,
    private readonly findRoute: FindRoute,
    private readonly readRecord: ReadRecord,
    private readonly crypto: Crypto,
    private readonly addNotice: AddNotice,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ textId: string }>(DATE_WORD, { leaseSeconds: 60, maxAttempts: 1000 }, ({ textId }) =>
      this.date(textId),
    );
  }

  /** What a text says to us about being written to. `record`: Plivo's own, where it has been read. */
  async said(
    tx: Tx,
    { id, accountId }: { id: string; accountId: string },
    { understood, sender, virtualNumber, party }: TextFacts,
    record: MessageRecord | null,
  ): Promise<void> {
    const partyIndex = this.records.partyIndex(accountId, sender);
    if (understood === null || understood.word === 'help') return;
    if (sender === null || partyIndex === null || virtualNumber === null) return;
    const place = { partyIndex, virtualNumber };
    const fact = {
      ...place,
      accountId,
      kind: understood.word === 'stop' ? ('out' as const) : ('in' as const),
      source: understood.source,
      causeId: id,
      ...this.timesOf(record),
    };
    const { result: isNew, became } = await this.change(tx, accountId, { place, party, at: fact.at }, () =>
      addOptFact(tx, fact),
    );
    const sessionId = party?.session.id ?? null;
    await this.confirm(tx, { ...fact, sessionId, recipient: sender, became });
    if (isNew && !fact.isSettled) await this.jobs.enqueue(tx, DATE_WORD, { textId: id }, { key: `${DATE_WORD}:${id}` });
  }

  private timesOf(record: MessageRecord | null): Pick<TextOptOut, 'at' | 'isSettled' | 'createdAt'> {
    const now = this.clock.now();
    const writtenAt = record?.at ?? null;
    return { at: Math.min(writtenAt ?? now, now), isSettled: writtenAt !== null, createdAt: now };
  }

  /** Plivo has refused a text because of it: it knows of a word that we have not heard. The session's row is held. */
  async refused(tx: Tx, forward: TextForward, session: SessionRecord | null): Promise<void> {
    const { id: causeId, accountId, recipientIndex: partyIndex, virtualNumber, senderRole, createdAt } = forward;
    if (partyIndex === null) return;
    const now = this.clock.now();
    const at = forward.sendingAt ?? createdAt;
    const place = { partyIndex, virtualNumber };
    const role = senderRole === 'first' ? 'second' : 'first';
    const party = session?.[`${role}Index`] === partyIndex ? { session, role } : null;
    const fact = { ...place, accountId, kind: 'out' as const, source: 'refusal' as const, causeId };
    await this.change(tx, accountId, { place, party: party as Route | null, at }, () =>
      addOptFact(tx, { ...fact, at, isSettled: true, createdAt: now }),
    );
  }

  /** An operator's doing. What Plivo blocks it goes on blocking. */
  async remove(tx: Tx, id: string): Promise<TextOptOut> {
    const fact = await optOutOf(tx, id);
    if (!fact) throw new NotFound();
    const { accountId, partyIndex, virtualNumber } = fact;
    const party = await this.findRoute.at(tx, { accountId, partyIndex, virtualNumber: virtualNumber as E164 });
    const place = { partyIndex, virtualNumber };
    await this.change(tx, accountId, { place, party, at: this.clock.now() }, () => removeOptOuts(tx, fact));
    return fact;
  }

  private async date(textId: string): Promise<void> {
    const [text] = await this.database.read((manager) =>
      TEXT.read(manager, 'FROM text_message WHERE id = ?', [textId]),
    );
    if (!text || text.senderIndex === null || text.virtualNumber === null) return;
    const { accountId, senderIndex: partyIndex, virtualNumber } = text;
    const cause = { accountId, partyIndex, causeId: textId };
    const known = await this.database.read((manager) => optFactOf(manager, cause));
    if (!known || known.isSettled) return;
    const record = await this.readRecord.run(text, virtualNumber);
    const at = record?.at ?? null;
    if (at === null && this.clock.now() < text.receivedAt + PATIENCE_MS)
      throw new RetryLater(AGAIN_SECONDS, "Plivo's record of a text is not there yet");
    await this.database.transaction(async (tx) => {
      const seat = { accountId, partyIndex, virtualNumber: virtualNumber as E164 };
      const party = await this.findRoute.at(tx, seat);
      const fact = await optFactOf(tx, cause, this.database.forUpdate);
      if (!fact || fact.isSettled) return;
      const place = { partyIndex, virtualNumber };
      const { became } = await this.change(tx, accountId, { place, party, at: at ?? fact.at }, () =>
        settleOptFact(tx, fact, at ?? fact.at),
      );
      if (text.sender === null) return;
      const recipient = this.crypto.open(senderPlace(text), text.sender) as E164;
      await this.confirm(tx, { ...fact, sessionId: party?.session.id ?? null, recipient, became });
    });
  }

  /** Where Plivo has understood the word, it has answered by itself. */
  private async confirm(
    tx: Tx,
    {
      source,
      became,
      ...notice
    }: Omit<WantedNotice, 'kind'> & Pick<TextOptOut, 'source'> & { became: TextOptOut['kind'] | null },
  ): Promise<void> {
    if (became === null || source !== 'word') return;
    await this.addNotice.run(tx, { ...notice, kind: became === 'out' ? 'stopped' : 'started' });
  }

  /** Tells what has become of a party's wish where a fact has changed it. */
  private async change<Result>(
    tx: Tx,
    accountId: string,
    { place, party, at }: { place: TextPlace; party: Route | null; at: number },
    work: () => Promise<Result>,
  ): Promise<{ result: Result; became: TextOptOut['kind'] | null }> {
    const before = await isSilent(tx, accountId, place);
    const result = await work();
    const after = await isSilent(tx, accountId, place);
    if (before === after) return { result, became: null };
    const became = after ? 'out' : 'in';
    if (party?.session.settings.messaging === true)
      await this.events.publish(tx, new PartyOpted(party.session, party.role, became, at));
    return { result, became };
  }
}
