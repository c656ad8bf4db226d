import { Injectable } from '@nestjs/common';
import { AccountSettings, isOwnSentence, type CallSettings } from '../accounts/index.js';
import { noteReceipt } from '../call-routing/index.js';
import { textSize, type MessageRecord, type MessageWebhook, type VerifiedWebhook } from '../plivo/index.js';
import { SessionRecords } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection, type Selected } from '../platform/database/rows.js';
import { newId } from '../platform/ids.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { AddNotice } from './add-notice.js';
import { KeepText } from './keep-text.js';
import { NoteOptOuts } from './note-opt-outs.js';
import { noticeOf } from './notice-of.js';
import { PRICED_AFTER_MS } from './priced-after.js';
import { ReadTexter, type TextAsked } from './read-texter.js';
import { decideText, reasonOf, type TextDecision, type TextFacts } from './text-decision.js';
import { VERIFY } from './text-lanes.js';
import { CountTexts } from './count-texts.js';
import { isWishAlone } from './understand-text.js';
import { TextFigured, TextRefused, TextTaken } from './texts.events.js';
import { senderPlace, TEXTS, waitingBodyPlace, type TextMessage } from './text.entity.js';

const KNOWN = selection(TEXTS.pick(['id', 'decision', 'reason', 'isHint', 'receivedAt']));

/** Of the webhook what is not known from the facts. */
type Received = Pick<
  MessageWebhook,
  'messageUuid' | 'units' | 'amountMicros' | 'mediaCount' | 'media' | 'intent' | 'from' | 'to'
>;

/**
 * Takes a text that somebody has written to a virtual number: once, however often Plivo tells it. What is to reach the other party is written down with what
 * was decided, and sent later (`forward-texts.ts`); a text that reaches nobody leaves no word of it behind.
 */
@Injectable()
export class ReceiveText {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly accountSettings: AccountSettings,
    private readonly records: SessionRecords,
    private readonly readTexter: ReadTexter,
    private readonly keepText: KeepText,
    private readonly noteOptOuts: NoteOptOuts,
    private readonly addNotice: AddNotice,
    private readonly counts: CountTexts,
  ) {}

  /** `isAwaited`: whether Plivo still waits for the answer; where it does not, it will repeat, and nothing is kept. */
  async run(webhook: VerifiedWebhook, told: MessageWebhook, isAwaited: () => boolean = () => true): Promise<void> {
    const { accountId, isHint = false } = webhook;
    const settings = await this.accountSettings.of(accountId);
    // Who says STOP while texts are off is not to be written to when they are on again.
    if (settings.texts !== 'on' && (isHint || !isWishAlone(told, settings))) return this.counts.dropped();

    const decided = await this.database.transaction(
      async (tx) => {
        await noteReceipt(tx, webhook, this.clock.now());
        const decision = await this.take(tx, { accountId, isHint }, told, settings);
        if (!isAwaited()) throw new TooLate();
        return decision;
      },
      { isWanted: isAwaited },
    );
    if (decided !== null) this.counts.decided(decided);
  }

  /** For a text that waited for Plivo's record, whose row is held. */
  async proceed(
    tx: Tx,
    text: TextMessage,
    asked: TextAsked & { record: MessageRecord },
    settings: CallSettings,
  ): Promise<TextDecision> {
    const facts = await this.readTexter.run(tx, asked, settings);
    const decision = await this.decided(tx, text, facts, { settings, record: asked.record });
    if (goesNoFurther(decision)) await this.keepText.dropMedia(tx, text, facts.virtualNumber, asked.media);
    const { units, amount: amountMicros } = text;
    await this.write(
      tx,
      text.id,
      this.rowOf(text.accountId, text.id, facts, decision, { ...asked, units, amountMicros }),
    );
    await this.events.publish(tx, new TextFigured(text.accountId, text.id));
    return decision;
  }

  /** For a text that came to Plivo and not to us; null where it has come since. */
  async unheard(
    tx: Tx,
    accountId: string,
    record: MessageRecord,
    settings: CallSettings,
  ): Promise<TextDecision | null> {
    const { messageUuid, from, to, units, amountMicros } = record;
    if ((await this.known(tx, accountId, messageUuid)) !== undefined) return null;
    const told = { messageUuid, from, to, units, amountMicros, text: '', intent: null, mediaCount: 0, media: [] };
    const facts = await this.readTexter.run(
      tx,
      { ...told, accountId, isHint: false, isHeard: false, record },
      settings,
    );
    const now = this.clock.now();
    const text = { id: newId(), accountId, messageUuid, receivedAt: Math.min(record.at ?? now, now) };
    const decision = await this.decided(tx, text, facts, { settings, record });
    const row = this.rowOf(accountId, text.id, facts, decision, told);
    await this.insert(tx, { ...text, isHint: false, ...row });
    await this.events.publish(tx, new TextFigured(accountId, text.id));
    return decision;
  }

  private async known(tx: Tx, accountId: string, messageUuid: string): Promise<Selected<typeof KNOWN> | undefined> {
    const place = `FROM text_message WHERE account_id = ? AND message_uuid = ? ${this.database.forUpdate}`;
    return (await KNOWN.read(tx, place, [accountId, messageUuid]))[0];
  }

  private async take(
    tx: Tx,
    { accountId, isHint }: { accountId: string; isHint: boolean },
    told: MessageWebhook,
    settings: CallSettings,
  ): Promise<TextDecision | null> {
    const known = await this.known(tx, accountId, told.messageUuid);
    if (known && !isBetter(known, isHint)) return null;

    const facts = await this.readTexter.run(tx, { ...told, id: known?.id, accountId, isHint, record: null }, settings);
    const id = known?.id ?? newId();
    const { messageUuid } = told;
    const text = { id, accountId, messageUuid, receivedAt: known?.receivedAt ?? this.clock.now() };
    const decision = await this.decided(tx, text, facts, { settings, record: null });
    if (goesNoFurther(decision) && !isHint) await this.keepText.dropMedia(tx, text, facts.virtualNumber, told.media);
    const row = this.rowOf(accountId, id, facts, decision, told);
    if (known) await this.write(tx, id, { ...row, isHint });
    else await this.insert(tx, { ...text, isHint, ...row });
    await this.events.publish(tx, new TextFigured(accountId, id));
    if (decision.decision === 'wait') await this.jobs.enqueue(tx, VERIFY, { textId: id }, { key: `${VERIFY}:${id}` });
    return decision;
  }

  private async decided(
    tx: Tx,
    text: Pick<TextMessage, 'id' | 'accountId' | 'messageUuid' | 'receivedAt'>,
    facts: TextFacts,
    { settings, record }: { settings: CallSettings; record: MessageRecord | null },
  ): Promise<TextDecision> {
    const decision = await this.keepText.run(tx, text, decideText(facts), settings);
    if (decision.decision === 'wait') return decision;
    await this.tell(tx, text.messageUuid, facts, decision);
    await this.noteOptOuts.said(tx, text, facts, record);
    await this.answer(tx, text.accountId, facts, { decision, settings });
    return decision;
  }

  private async tell(tx: Tx, messageUuid: string, { mediaCount }: TextFacts, decision: TextDecision): Promise<void> {
    if (decision.seat?.session.settings.messaging !== true) return;
    const { session, role } = decision.seat;
    const text = { session, role, messageUuid, mediaCount };
    if (decision.decision === 'refuse') await this.events.publish(tx, new TextRefused(text, decision.reason));
    if (decision.decision !== 'forward') return;
    const hasMedia = decision.media.length > 0;
    const unitsOf = (piece: string, place: number) => (place === 0 && hasMedia ? 1 : textSize(piece).units);
    const units = decision.pieces.reduce((sum, piece, place) => sum + unitsOf(piece, place), 0);
    await this.events.publish(tx, new TextTaken(text, units, decision.pieces.join('')));
  }

  private async answer(
    tx: Tx,
    accountId: string,
    facts: TextFacts,
    { decision, settings }: { decision: TextDecision; settings: CallSettings },
  ): Promise<void> {
    const { sender: recipient, virtualNumber, pieces } = facts;
    const kind = noticeOf(decision, facts);
    if (kind === null || recipient === null || virtualNumber === null) return;
    if (isOwnSentence(pieces?.join('') ?? '', settings.text_notices)) return;
    const sessionId = decision.seat?.session.id ?? null;
    await this.addNotice.run(tx, { accountId, sessionId, virtualNumber, recipient, kind });
  }

  private rowOf(
    accountId: string,
    id: string,
    { sender, virtualNumber, text }: TextFacts,
    decision: TextDecision,
    { units, amountMicros, mediaCount, media, intent, from, to }: Omit<Received, 'messageUuid'>,
  ) {
    const isWaiting = decision.decision === 'wait';
    const place = { id, accountId };
    // As it was told: it is judged again when Plivo's record is there.
    const seen = { from: sender ?? from, to: virtualNumber ?? to, text, intent, mediaCount, media };
    const waiting = isWaiting ? JSON.stringify(seen) : null;
    return {
      sessionId: decision.seat?.session.id ?? null,
      senderRole: decision.seat?.role ?? null,
      virtualNumber,
      sender: sender === null ? null : this.crypto.seal(senderPlace(place), sender),
      senderIndex: this.records.partyIndex(accountId, sender),
      decision: decision.decision,
      reason: reasonOf(decision),
      body: waiting === null ? null : this.crypto.seal(waitingBodyPlace(place), waiting),
      units,
      amount: amountMicros,
      mediaCount,
    };
  }

  private async insert(tx: Tx, row: Omit<TextMessage, 'carrierFee' | 'priceAt'>): Promise<void> {
    // The same text told at the same moment elsewhere: the next try finds it.
    await orStartOver(TEXTS.insert(tx, { ...row, priceAt: this.clock.now() + PRICED_AFTER_MS.final }));
  }

  private async write(tx: Tx, id: string, row: Partial<TextMessage>): Promise<void> {
    await TEXTS.update(tx, row, 'WHERE id = ?', [id]);
  }
}

function goesNoFurther({ decision }: TextDecision): boolean {
  return decision === 'refuse' || decision === 'word';
}

/** A signature that covers the words takes the place of one that did not, and words that of none. */
function isBetter({ decision, reason, isHint: wasHint }: Selected<typeof KNOWN>, isHint: boolean): boolean {
  return decision === 'wait' || reason === 'unverified' ? wasHint && !isHint : reason === 'unheard';
}

/** Nothing of a text is kept whose webhook nobody waits for any more: it is repeated. */
class TooLate extends Error {}
