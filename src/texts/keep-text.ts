import { Injectable } from '@nestjs/common';
import { microsOf, Spend, type CallSettings } from '../accounts/index.js';
import { textSize } from '../plivo/index.js';
import { SessionRecords, type Route } from '../sessions/index.js';
import { TakeMedia } from '../text-media/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import type { Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { number, selection } from '../platform/database/rows.js';
import { newRandomId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { E164 } from '../telephony/phone.js';
import { FORWARD, laneKey, type TextLane } from './text-lanes.js';
import type { TextDecision } from './text-decision.js';
import { bodyPlace, FORWARDS, recipientPlace } from './text.entity.js';

const LAST = selection({ position: number('COALESCE(MAX(position), 0)') });

/** A text that has been decided about. */
export interface DecidedText {
  id: string;
  accountId: string;
  /** Plivo's id of it. */
  messageUuid: string;
  receivedAt: number;
}

interface KeptPieces {
  seat: Route;
  to: E164;
  pieces: readonly string[];
  ids: readonly string[];
  media: readonly string[];
  isBodyKept: boolean;
}

/** Carries out a decision to pass a text on: writes it down to be sent, behind what its sender wrote before. The session's row is held. */
@Injectable()
export class KeepText {
  constructor(
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly spend: Spend,
    private readonly records: SessionRecords,
    private readonly takeMedia: TakeMedia,
  ) {}

  /** The decision as it is, or a refusal in its place. */
  async run(tx: Tx, text: DecidedText, decision: TextDecision, settings: CallSettings): Promise<TextDecision> {
    if (decision.decision !== 'forward') return decision;
    const { seat, to, pieces, media } = decision;
    const ids = pieces.map(() => newRandomId());
    for (const [place, piece] of pieces.entries()) {
      const reason = await this.reserve(tx, text.accountId, { holder: ids[place] ?? '', piece }, settings);
      if (reason === null) continue;
      for (const reserved of ids.slice(0, place)) await this.spend.release(tx, text.accountId, reserved);
      return { decision: 'refuse', reason, seat };
    }
    await this.insert(tx, text, { seat, to, pieces, ids, media, isBodyKept: settings.text_retention_days > 0 });
    const { session, role } = seat;
    const { virtualNumber } = session;
    await this.takeMedia.run(tx, {
      accountId: text.accountId,
      messageUuid: text.messageUuid,
      virtualNumber,
      forwardId: ids[0] ?? '',
      addresses: media,
    });
    const lane: TextLane = { accountId: text.accountId, sessionId: session.id, senderRole: role };
    await this.jobs.enqueue(tx, FORWARD, lane, { key: laneKey(lane), sooner: true });
    return decision;
  }

  /** What came with a text that goes no further. Only what a signature covers, or Plivo's record confirms, may have something deleted. */
  async dropMedia(tx: Tx, text: DecidedText, virtualNumber: E164 | null, addresses: readonly string[]): Promise<void> {
    if (virtualNumber === null) return;
    const { accountId, messageUuid } = text;
    await this.takeMedia.refused(tx, { accountId, messageUuid, virtualNumber, addresses });
  }

  private async insert(tx: Tx, text: DecidedText, kept: KeptPieces): Promise<void> {
    const { seat, to, pieces, ids, media, isBodyKept } = kept;
    const { session, role } = seat;
    const { accountId } = text;
    const [last] = await LAST.read(tx, 'FROM text_forward WHERE session_id = ? AND sender_role = ?', [
      session.id,
      role,
    ]);
    const now = this.clock.now();
    const rows = pieces.map((piece, place) => {
      const id = ids[place] ?? '';
      return {
        id,
        accountId,
        textId: text.id,
        sessionId: session.id,
        senderRole: role,
        position: (last?.position ?? 0) + place + 1,
        virtualNumber: session.virtualNumber,
        recipient: this.crypto.seal(recipientPlace({ id, accountId }), to),
        recipientIndex: this.records.partyIndex(accountId, to),
        body: this.crypto.seal(bodyPlace({ id, accountId }), piece),
        isBodyKept,
        // All go with the first.
        mediaCount: place === 0 ? media.length : 0,
        state: 'pending' as const,
        attempt: 0,
        units: Math.max(1, textSize(piece).units),
        createdAt: now,
        receivedAt: text.receivedAt,
        lookUps: 0,
        updatedAt: now,
      };
    });
    // On a cluster another node may hold the session as well: the next try finds what it wrote.
    await orStartOver(FORWARDS.insert(tx, rows));
  }

  /** Null where there is room for it. */
  private async reserve(
    tx: Tx,
    accountId: string,
    { holder, piece }: { holder: string; piece: string },
    { daily_spend_cap: cap, max_rate_per_message: rate, message_fee: fee }: CallSettings,
  ): Promise<'spend-cap' | 'no-rate' | null> {
    if (cap === null) return null;
    if (rate === null) return 'no-rate';
    // One of pictures alone is one unit; of one with words it is not known yet whether its pictures come.
    const micros = Math.max(1, textSize(piece).units) * (microsOf(rate) + microsOf(fee));
    return (await this.spend.reserve(tx, { accountId, holder, cap, micros })) ? null : 'spend-cap';
  }
}
