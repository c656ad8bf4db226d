import { Injectable } from '@nestjs/common';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { DeleteMedia } from '../text-media/index.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import type { E164 } from '../telephony/phone.js';
import { AddNotice } from './add-notice.js';
import { isFinal, type ForwardState } from './join-reports.js';
import { recipientPlace, senderPlace, TEXTS, type TextForward } from './text.entity.js';
import { ForwardTurned } from './texts.events.js';

const TEXT = selection(TEXTS.pick(['id', 'accountId', 'messageUuid', 'sender']));
/** Of a message that was to be pictures alone, and none of them can be passed on. */
export const MEDIA_LOST = 'media-lost';
/** Plivo's code for who has asked not to be written to from this number. */
export const OPTED_OUT = 200;

/** Who hears of it later than that has long found out, or would take it for what they have written since. */
const TOLD_WITHIN_MS = HOUR_MS;

const OUTCOMES: Readonly<Partial<Record<ForwardState, ForwardTurned['outcome']>>> = {
  sent: 'sent',
  delivered: 'delivered',
  undelivered: 'failed',
  failed: 'failed',
  rejected: 'failed',
  unconfirmed: 'failed',
};

/**
 * Says what has become of a message: to the customer, and to who wrote it where it has failed and the account wants that. The session's row is held, and
 * was before the message's.
 */
@Injectable()
export class TellForward {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly addNotice: AddNotice,
    private readonly deleteMedia: DeleteMedia,
  ) {}

  async run(tx: Tx, before: ForwardState, forward: TextForward): Promise<void> {
    await this.endMedia(tx, forward);
    const outcome = OUTCOMES[forward.state];
    // Two words for one end are told once.
    if (outcome === undefined || outcome === OUTCOMES[before]) return;
    const [text] = await TEXT.read(tx, 'FROM text_message WHERE id = ?', [forward.textId]);
    if (!text) return;
    const sender = text.sender === null ? null : (this.crypto.open(senderPlace(text), text.sender) as E164);
    const told = this.toldOf(forward, { messageUuid: text.messageUuid, sender, isFailed: outcome === 'failed' });
    await this.events.publish(tx, new ForwardTurned(forward.accountId, forward.sessionId, outcome, told));
    const isNews = this.clock.now() <= forward.createdAt + TOLD_WITHIN_MS;
    if (outcome === 'failed' && sender !== null && isNews) await this.tellSender(tx, forward, sender);
  }

  /** Its words, or some of its pictures, are sent without the others: who wrote it is told. */
  async withoutMedia(tx: Tx, forward: TextForward): Promise<void> {
    const { id, textId, accountId, sessionId, virtualNumber, mediaCount } = forward;
    if (mediaCount === 0) await this.deleteMedia.ofForwards(tx, [id]);
    const [text] = await TEXT.read(tx, 'FROM text_message WHERE id = ?', [textId]);
    if (text?.sender == null) return;
    const recipient = this.crypto.open(senderPlace(text), text.sender) as E164;
    await this.addNotice.run(tx, { accountId, sessionId, virtualNumber, recipient, kind: 'media-dropped' });
  }

  /** Plivo has fetched what it was sent with, or never will. */
  private async endMedia(tx: Tx, { id, mediaCount, state, isBodyKept: isKept }: TextForward): Promise<void> {
    if (mediaCount > 0 && (isFinal(state) || state === 'rejected')) await this.deleteMedia.over(tx, id, { isKept });
  }

  private toldOf(
    forward: TextForward,
    { messageUuid, sender, isFailed }: { messageUuid: string; sender: E164 | null; isFailed: boolean },
  ): ForwardTurned['told'] {
    const { state, reason, recipient, errorCode, amount, units } = forward;
    return {
      from: sender ?? '',
      to: recipient === null ? '' : this.crypto.open(recipientPlace(forward), recipient),
      messageUuid,
      forwardUuid: forward.messageUuid,
      units: units ?? 0,
      amountMicros: amount ?? 0,
      errorCode,
      reason: isFailed ? (reason ?? state) : '',
    };
  }

  private async tellSender(tx: Tx, forward: TextForward, recipient: E164): Promise<void> {
    const { accountId, sessionId, virtualNumber, reason, errorCode } = forward;
    const isByWish = reason === 'recipient-opted-out' || errorCode === OPTED_OUT;
    const kind = isByWish ? 'recipient-opted-out' : reason === MEDIA_LOST ? 'media-dropped' : 'failed';
    await this.addNotice.run(tx, { accountId, sessionId, virtualNumber, recipient, kind });
  }
}
