import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, PlivoAccess, Spend } from '../accounts/index.js';
import { isSilent } from '../number-pool/index.js';
import {
  PlivoClient,
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
} from '../plivo/index.js';
import { FindSessionById, lockSession, type SessionRecord } from '../sessions/index.js';
import { SendWithMedia, type Sendable } from '../text-media/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { Defer, Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { Config } from '../platform/settings/config.js';
import type { E164 } from '../telephony/phone.js';
import { CountTexts } from './count-texts.js';
import { bodyAfter, SettleForwards } from './settle-forwards.js';
import { MEDIA_LOST, TellForward } from './tell-forward.js';
import { FORWARD, type TextLane } from './text-lanes.js';
import { bodyPlace, FORWARDS, recipientPlace, type TextForward } from './text.entity.js';

const LEASE_SECONDS = 60;
const RUN_MS = 30_000;
/** A text waits so long behind one of unknown outcome: then order is given up, for who writes goes on writing. */
const UNKNOWN_HOLDS_MS = 60_000;
/** What certainly did not reach Plivo is tried for so long. */
const TRIED_FOR_MS = 120_000;
/** A text that would reach somebody later than this would surprise them; Plivo is told the same of its own queue. */
const LONGEST_WAIT_MS = 900_000;
const SHORTEST_EXPIRY_SECONDS = 60;
/** So long after the end of its session a text that was taken before may still go out. */
const AFTER_END_MS = 120_000;
/** Who was stopped for longer between writing it down and asking Plivo sends nothing: others have begun to look for it. */
const STALE_MS = 10_000;

const NO_MEDIA: Sendable = { kind: 'here', pictures: [], dropped: 0 };

const FORWARD_ROW = selection(FORWARDS.fields());

type Step =
  | { kind: 'idle' }
  | { kind: 'next' }
  | { kind: 'wait'; until: number }
  | { kind: 'send'; forward: TextForward; session: SessionRecord; mediaUrls: readonly string[] };

/**
 * Sends what a party has written, in its order, each text once: `sending` is committed before Plivo is asked, and from there on nobody asks again unless it is
 * certain that nothing of it reached Plivo. Better lost than twice; what is lost is told as unconfirmed.
 */
@Injectable()
export class ForwardTexts implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly findSessionById: FindSessionById,
    private readonly spend: Spend,
    private readonly settleForwards: SettleForwards,
    private readonly tellForward: TellForward,
    private readonly counts: CountTexts,
    private readonly media: SendWithMedia,
    private readonly accountSettings: AccountSettings,
  ) {}

  onModuleInit(): void {
    // A lane goes on as long as there is anything in it.
    const options = { leaseSeconds: LEASE_SECONDS, maxAttempts: Number.MAX_SAFE_INTEGER };
    this.jobs.handle<TextLane>(FORWARD, options, (lane) => this.run(lane));
  }

  async run(lane: TextLane): Promise<void> {
    const endsAt = this.clock.now() + RUN_MS;
    let step: Step | null = null;
    for (;;) {
      step ??= await this.database.transaction((tx) => this.begin(tx, lane));
      if (step.kind === 'idle') return;
      if (step.kind === 'wait')
        throw new Defer((step.until - this.clock.now()) / 1000, 'behind a text of unknown outcome, or its pictures');
      step = step.kind === 'send' ? await this.send(step, lane, endsAt) : null;
      if (step === null && this.clock.now() >= endsAt) throw new Defer(0, 'others have their turn');
    }
  }

  private async begin(tx: Tx, { accountId, sessionId, senderRole }: TextLane): Promise<Step> {
    const session = await this.findSessionById.run(tx, accountId, sessionId);
    const now = this.clock.now();
    const [head] = await FORWARD_ROW.read(
      tx,
      `FROM text_forward WHERE session_id = ? AND sender_role = ?
       AND (state IN ('pending', 'sending') OR (state = 'unknown' AND sending_at > ?))
       ORDER BY position LIMIT 1 ${this.database.forUpdate}`,
      [sessionId, senderRole, now - UNKNOWN_HOLDS_MS],
    );
    if (!head) return { kind: 'idle' };
    // This lane has one worker: who wrote that is gone, or held up for longer than it was given.
    if (head.state === 'sending') {
      await this.settleForwards.begin(tx, head);
      return { kind: 'next' };
    }
    if (head.state === 'unknown') return { kind: 'wait', until: (head.sendingAt ?? now) + UNKNOWN_HOLDS_MS };

    const hindrance = hindranceOf(head, session, now) ?? (await this.objection(tx, head));
    if (hindrance !== null || session === null) {
      await this.reject(tx, head, hindrance ?? 'session-gone');
      return { kind: 'next' };
    }
    return this.prepare(tx, head, session);
  }

  /** What has been said since it was taken: whom it is for wants no texts, or the account none at all. */
  private async objection(tx: Tx, { accountId, recipientIndex, virtualNumber }: TextForward): Promise<string | null> {
    if (recipientIndex === null) return null;
    const place = { partyIndex: recipientIndex, virtualNumber };
    // As the rows have it: texts that are turned off in another process stop here at once too.
    const [isOut, { texts }] = await Promise.all([
      isSilent(tx, accountId, place),
      this.accountSettings.read(tx, accountId),
    ]);
    if (texts !== 'on') return 'not-enabled';
    return isOut ? 'recipient-opted-out' : null;
  }

  /** With its pictures, as soon as it is known which of them are here. */
  private async prepare(tx: Tx, head: TextForward, session: SessionRecord): Promise<Step> {
    const now = this.clock.now();
    const media = head.mediaCount > 0 ? await this.media.run(tx, head.id) : NO_MEDIA;
    if (media.kind === 'coming') return { kind: 'wait', until: media.until };
    const { pictures } = media;
    if (pictures.length === 0 && this.crypto.open(bodyPlace(head), head.body ?? '') === '') {
      await this.reject(tx, head, MEDIA_LOST);
      return { kind: 'next' };
    }
    const sending = {
      state: 'sending' as const,
      mediaCount: pictures.length,
      // Plivo counts a message with pictures as one unit, however long its words.
      units: pictures.length > 0 ? 1 : head.units,
      attempt: head.attempt + 1,
      sendingAt: now,
      triedAt: head.triedAt ?? now,
      updatedAt: now,
    };
    await FORWARDS.update(tx, sending, 'WHERE id = ?', [head.id]);
    const forward = { ...head, ...sending, state: head.state };
    if (media.dropped > 0) await this.tellForward.withoutMedia(tx, forward);
    const linked = { pictures, expirySeconds: expiryOf(session, now), isKept: head.isBodyKept };
    const mediaUrls = pictures.length > 0 ? await this.media.linked(tx, head.id, linked) : [];
    return { kind: 'send', forward, session, mediaUrls };
  }

  /** The step after it, where that was begun with noting that Plivo has it: mostly there is none, and the lane need not be looked at again. */
  private async send(
    { forward, session, mediaUrls }: Step & { kind: 'send' },
    lane: TextLane,
    endsAt: number,
  ): Promise<Step | null> {
    const { id, accountId, virtualNumber, sendingAt } = forward;
    const credentials = await this.plivoAccess.of(accountId, session.subaccountId);
    const message = {
      from: virtualNumber as E164,
      to: this.crypto.open(recipientPlace(forward), forward.recipient ?? '') as E164,
      text: this.crypto.open(bodyPlace(forward), forward.body ?? ''),
      mediaUrls,
      reportUrl: `${this.config.http.publicUrl}/plivo/${accountId}/message-status/${id}`,
      expirySeconds: expiryOf(session, this.clock.now()),
    };
    if (this.clock.now() > (sendingAt ?? 0) + STALE_MS) return null;
    try {
      const { messageUuid } = await this.plivo.sendMessage(credentials, message);
      return await this.accepted(forward, messageUuid, this.clock.now() < endsAt ? lane : null);
    } catch (error) {
      await this.afterFailure(forward, error);
      return null;
    }
  }

  /** `lane`: in which the next one is begun in the same transaction; a lane without one would be looked at by a transaction of its own. */
  private async accepted(forward: TextForward, messageUuid: string, lane: TextLane | null): Promise<Step | null> {
    const accept = (tx: Tx): Promise<void> => this.settleForwards.accept(tx, forward, messageUuid);
    try {
      return await this.database.transaction(async (tx) => {
        await accept(tx);
        return lane && this.begin(tx, lane);
      });
    } catch (error) {
      // Whatever is wrong with the next one, of this one it is known that Plivo has it.
      if (lane !== null) await this.database.transaction(accept);
      throw error;
    }
  }

  private async afterFailure(forward: TextForward, error: unknown): Promise<void> {
    const { id, attempt } = forward;
    if (error instanceof ProviderRefused) {
      await this.database.transaction(async (tx) => {
        await lockSession(tx, this.database, forward.sessionId);
        await this.reject(tx, forward, `refused-${error.status}`);
      });
      return;
    }
    if (error instanceof ProviderBusy || error instanceof ProviderUnavailable) {
      // Nothing has reached Plivo, and nobody else has begun to send it since.
      const back = { state: 'pending' as const, updatedAt: this.clock.now() };
      await this.database.transaction((tx) =>
        FORWARDS.update(tx, back, "WHERE id = ? AND state = 'sending' AND attempt = ?", [id, attempt]),
      );
      const seconds = error instanceof ProviderBusy ? Math.max(error.retryAfterSeconds, 1) : 5;
      throw new RetryLater(Math.min(seconds, 30), error.code);
    }
    // The lane's next look finds it still about to be sent, and has it looked for.
    if (!(error instanceof ProviderOutcomeUnknown)) throw error;
  }

  /** It was never sent, or Plivo did not take it. The session's row is held. */
  private async reject(tx: Tx, forward: TextForward, reason: string): Promise<void> {
    const { id, accountId, attempt } = forward;
    const rejected = { state: 'rejected' as const, reason, body: bodyAfter(forward), updatedAt: this.clock.now() };
    const mine = "WHERE id = ? AND attempt = ? AND state IN ('pending', 'sending') AND message_uuid IS NULL";
    if ((await FORWARDS.update(tx, rejected, mine, [id, attempt])) === 0) return;
    await this.spend.release(tx, accountId, id);
    await this.settleForwards.figured(tx, forward);
    this.counts.forwarded('rejected');
    await this.tellForward.run(tx, forward.state, { ...forward, ...rejected });
  }
}

/** Why a text that was taken is not to be sent any more; it is never sent to somebody else. */
function hindranceOf(forward: TextForward, session: SessionRecord | null, now: number): string | null {
  if (session === null) return 'session-gone';
  const { senderRole, recipientIndex, recipient, triedAt, createdAt } = forward;
  const other = senderRole === 'first' ? session.secondIndex : session.firstIndex;
  if (recipient === null || recipientIndex === null || other !== recipientIndex) return 'party-changed';
  if (now > session.expiresAt + AFTER_END_MS) return 'expired';
  if (triedAt !== null && now > triedAt + TRIED_FOR_MS) return 'not-sent';
  return now > createdAt + LONGEST_WAIT_MS ? 'too-late' : null;
}

/** No longer than the conversation: what waits at Plivo beyond that would come out of nowhere. */
function expiryOf({ expiresAt }: SessionRecord, now: number): number {
  const left = Math.ceil((expiresAt - now) / 1000) + SHORTEST_EXPIRY_SECONDS;
  return Math.max(SHORTEST_EXPIRY_SECONDS, Math.min(left, LONGEST_WAIT_MS / 1000));
}
