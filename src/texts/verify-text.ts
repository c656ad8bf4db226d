import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, type CallSettings } from '../accounts/index.js';
import { isShownAs, mediaPlaceOf, type MessageRecord, type MessageWebhook } from '../plivo/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { exists, selection } from '../platform/database/rows.js';
import { Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { parseCaller } from '../telephony/phone.js';
import { CountTexts } from './count-texts.js';
import { ReadRecord } from './read-record.js';
import { ReceiveText } from './receive-text.js';
import type { TextDecision, TextRefusal } from './text-decision.js';
import { VERIFY } from './text-lanes.js';
import { TEXTS, waitingBodyPlace, type TextMessage } from './text.entity.js';

/** Longer than Plivo takes to write its record; a text that came that late would surprise everybody. */
const PATIENCE_MS = 60_000;
const AGAIN_SECONDS = 5;

const TEXT = selection(TEXTS.fields());

/** As it was told: whatever of it Plivo's record confirms. */
interface WaitingText {
  from: string;
  to: string;
  text: string | null;
  mediaCount: number;
  /** Absent in what earlier versions have kept. */
  intent?: MessageWebhook['intent'];
  media?: readonly string[];
}

/**
 * Reads Plivo's own record of a text before anything is done about it: whether it was written at all where nothing else vouches for that, and when, where it may
 * have been meant for who had the place before. Without a record, or with one that says otherwise, nobody gets it.
 */
@Injectable()
export class VerifyText implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly accountSettings: AccountSettings,
    private readonly readRecord: ReadRecord,
    private readonly receiveText: ReceiveText,
    private readonly counts: CountTexts,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ textId: string }>(VERIFY, { leaseSeconds: 60, maxAttempts: 1000 }, ({ textId }) =>
      this.run(textId),
    );
  }

  async run(textId: string): Promise<void> {
    const [text] = await this.database.read((manager) =>
      TEXT.read(manager, 'FROM text_message WHERE id = ?', [textId]),
    );
    if (!text || text.decision !== 'wait' || text.body === null) return;
    const waiting = JSON.parse(this.crypto.open(waitingBodyPlace(text), text.body)) as WaitingText;
    const record = await this.readRecord.run(text, waiting.to);
    const isYoung = this.clock.now() < text.receivedAt + PATIENCE_MS;
    if (record === null && isYoung) throw new RetryLater(AGAIN_SECONDS, "Plivo's record of a text is not there yet");
    // What somebody wrote first arrives first.
    if (isYoung && (await this.isBehindAnother(text)))
      throw new RetryLater(1, 'an earlier text of the same sender waits');
    const settings = await this.accountSettings.of(text.accountId);
    const decision = await this.database.transaction((tx) => this.decide(tx, textId, { waiting, record, settings }));
    if (decision !== null) this.counts.decided(decision);
  }

  private isBehindAnother({ id, accountId, senderIndex, virtualNumber, receivedAt }: TextMessage): Promise<boolean> {
    const earlier = `FROM text_message WHERE sender_index = ? AND received_at <= ? AND account_id = ? AND virtual_number = ?
      AND decision = 'wait' AND (received_at < ? OR id < ?) LIMIT 1`;
    const place = [senderIndex, receivedAt, accountId, virtualNumber, receivedAt, id];
    return this.database.read((manager) => exists(manager, earlier, place));
  }

  private async decide(
    tx: Tx,
    textId: string,
    { waiting, record, settings }: { waiting: WaitingText; record: MessageRecord | null; settings: CallSettings },
  ): Promise<TextDecision | null> {
    const [text] = await TEXT.read(tx, `FROM text_message WHERE id = ? ${this.database.forUpdate}`, [textId]);
    // One that a better signature has brought meanwhile is decided.
    if (!text || text.decision !== 'wait') return null;
    const { accountId } = text;
    if (settings.texts === 'on' && record !== null && isOf(record, waiting))
      return this.receiveText.proceed(
        tx,
        text,
        { ...waiting, intent: waiting.intent ?? null, media: mediaOf(text, waiting), accountId, isHint: false, record },
        settings,
      );
    const unknown: TextRefusal = text.isHint || record !== null ? 'unverified' : 'late';
    const reason = settings.texts === 'on' ? unknown : 'not-enabled';
    await TEXTS.update(tx, { decision: 'refuse', reason, body: null }, 'WHERE id = ?', [textId]);
    return { decision: 'refuse', reason, seat: null };
  }
}

/** No record names them: of what V2 alone has told of, only such as are at Plivo below this message. */
function mediaOf({ isHint, messageUuid }: TextMessage, { media = [] }: WaitingText): readonly string[] {
  return isHint ? media.filter((url) => mediaPlaceOf(url)?.messageUuid === messageUuid) : media;
}

/** Whether a record is of the text that was told of: who sent it, to which number. */
function isOf(record: MessageRecord, { from, to }: WaitingText): boolean {
  const [sender, number] = [parseCaller(from), parseCaller(to)];
  if (record.direction !== 'inbound' || number === null || !isShownAs(record.to, number)) return false;
  // Names and short codes reach nobody, and are on the bill.
  return sender === null ? record.from === from.trim() : isShownAs(record.from, sender);
}
