import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { AccountSettings, type CallSettings } from '../../accounts/index.js';
import { hangupXml, type VerifiedWebhook } from '../../plivo/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, NotBegun, type Tx } from '../../platform/database/database.js';
import { DomainError, NotFound } from '../../platform/errors.js';
import { LoopLag } from '../../platform/loop-lag.js';
import { Log } from '../../platform/logging/logger.js';
import { Metrics } from '../../platform/metrics.js';
import { within } from '../../platform/within.js';
import { noteReceipt } from '../facts/note-receipt.js';
import { spokenRefusal } from './refusal-speech.js';
import { Rush } from './rush.js';

/** Whether the caller still waits, for that much longer at least. */
export type IsAwaited = (milliseconds: number) => boolean;

/** What is told of the call that is being answered. */
export interface AnsweredCall {
  /** Nothing was heard of it before. */
  isFirstWord: boolean;
}

/** Callers do not wait: so long after their request has reached this process a refusal is better than silence. With the signature's tokens, 0.4 s at most, it makes an answer within 1.5 s. */
const DEADLINE_MS = 900;
/**
 * What an answer takes in a rush. One whose turn comes with less time left is not begun: in a queue without that rule everybody's turn comes just before
 * the end, and hardly any answer is in time. Few come so far: most that are too many are refused unread (rush.ts).
 */
const ENOUGH_MS = 250;
/** For the settings of an account that is refused unread, where they are not remembered. */
const PATIENCE_MS = 400;

/** Gives a caller an answer whatever is broken or late: then a sentence, and nobody is connected. */
@Injectable()
export class AnswerDeadline {
  private readonly missed: Counter<'why'>;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly accountSettings: AccountSettings,
    private readonly lag: LoopLag,
    private readonly rush: Rush,
    metrics: Metrics,
  ) {
    this.missed = new Counter({
      name: 'masking_answers_missed_total',
      help: 'Calls refused because no answer could be made: late, shed in a rush without being begun, failed, unreadable.',
      labelNames: ['why'],
      registers: [metrics.registry],
    });
    for (const why of ['late', 'shed', 'failed', 'unreadable']) this.missed.inc({ why }, 0);
  }

  /** `work` is told through `isAwaited` that nobody waits any more, and then keeps nothing. */
  async run(accountId: string, callUuid: string, work: (isAwaited: IsAwaited) => Promise<string>): Promise<string> {
    const endsAt = performance.now() - this.lag.ms + DEADLINE_MS;
    const end = this.rush.begin(accountId);
    let isAwaited = true;
    let settings: CallSettings | null = null;
    // Remembered almost always; a refusal does not wait for it.
    this.accountSettings.of(accountId).then(
      (found) => (settings = found),
      () => undefined,
    );
    const answered = work((milliseconds) => isAwaited && performance.now() + milliseconds <= endsAt).catch(
      (error: unknown) => {
        if (error instanceof DomainError && (error.kind === 'forbidden' || error.kind === 'not-found')) throw error;
        if (!isAwaited) return trouble(settings);
        const isShed = error instanceof NotBegun;
        this.missed.inc({ why: isShed ? 'shed' : 'failed' });
        // Not a line for each that is shed: in a rush there are hundreds a second.
        if (!isShed) this.log.error('call.answer_failed', { call_uuid: callUuid, error });
        return trouble(settings);
      },
    );
    try {
      return await within(endsAt - performance.now(), answered, () => {
        isAwaited = false;
        this.missed.inc({ why: 'late' });
        this.log.warn('call.answer_late', { call_uuid: callUuid });
        return trouble(settings);
      });
    } finally {
      end();
    }
  }

  /** For a call that is refused unread, because it could not be answered in time: it is told the same, and nothing is kept of it. */
  async shed(accountId: string): Promise<string> {
    this.missed.inc({ why: 'shed' });
    const settings = this.accountSettings.of(accountId).catch(() => null);
    return trouble(await within(PATIENCE_MS, settings, () => null));
  }

  /** For a call of which it cannot be found out whether Plivo has told of it. */
  unverified(): string {
    this.missed.inc({ why: 'failed' });
    return trouble(null);
  }

  /** For a webhook that does not say which call: nothing can be kept of it, and the call is rejected unanswered, which costs nothing. */
  unreadable(): string {
    this.missed.inc({ why: 'unreadable' });
    this.log.warn('call.answer_unreadable', {});
    return hangupXml('rejected');
  }

  /**
   * The transaction that makes a caller's answer; it begins with the webhook's receipt. When nobody waits any more, nothing of the answer is kept.
   * The account's settings are read before it. A webhook that comes once more for a call that is gone is one of no call.
   */
  async transaction(
    webhook: VerifiedWebhook,
    isAwaited: IsAwaited,
    work: (tx: Tx, settings: CallSettings, call: AnsweredCall) => Promise<string>,
  ): Promise<string> {
    const settings = await this.accountSettings.of(webhook.accountId);
    // What has begun is repeated after a conflict as long as anybody waits.
    let neededMs = ENOUGH_MS;
    return this.database.transaction(
      async (tx) => {
        const call: AnsweredCall = { isFirstWord: false };
        const [isNew, answer] = await Promise.all([
          noteReceipt(tx, webhook, this.clock.now()),
          work(tx, settings, call),
        ]);
        // Both are written together, so its call was forgotten or erased meanwhile; nobody asks but whoever has kept the webhook.
        if (call.isFirstWord && !isNew) throw new NotFound();
        if (!isAwaited(0)) throw new Error('the answer came too late');
        return answer;
      },
      {
        isCall: true,
        isWanted: () => {
          const isWanted = isAwaited(neededMs);
          neededMs = 0;
          return isWanted;
        },
      },
    );
  }
}

/** A sentence is a billed minute, which nothing was reserved for: where there is a spend cap, the line stays silent and costs nothing. */
function trouble(settings: CallSettings | null): string {
  if (settings === null) return spokenRefusal('trouble');
  return spokenRefusal(
    'trouble',
    settings.daily_spend_cap === null ? settings : { ...settings, refusals: { trouble: '' } },
  );
}
