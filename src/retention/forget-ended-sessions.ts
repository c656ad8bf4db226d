import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Retention, type KeptAccount } from '../accounts/index.js';
import { ForgetFigures } from '../billing-stats/index.js';
import { ForgetCallbacks } from '../callbacks/index.js';
import { ForgetCalls } from '../call-routing/index.js';
import { ForgetTexts } from '../texts/index.js';
import { ForgetRecordings } from '../recording/index.js';
import { FIRST_ENDED, forgetInteractions, forgetSessions, nextEnded, type EndedSession } from '../sessions/index.js';
import { Clock, DAY_MS } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Batches, purgeInBatches } from '../platform/database/purge-in-batches.js';
import { Metrics } from '../platform/metrics.js';

/** Half of the time between two runs and more: a backlog goes on all the time, and a process that dies is replaced within a minute. */
const RUN_MS = 20_000;
/** Then another account has its turn. */
const TURN_MS = 1_000;
const MOST_SESSIONS = 200;
/** A session with more calls than this is emptied first: together with others it would be a long transaction. */
const CROWDED = 50;
const MOST_CALLS = 200;
/** What is still owed is waited for this long beyond the time; nothing that is alive takes longer. docs/retention.md has the table. */
const PATIENCE_MS = 7 * DAY_MS;

interface Walk extends KeptAccount {
  after: EndedSession;
}

/**
 * Deletes sessions that ended longer ago than their account keeps them, and all that belongs to them: each in one transaction, some sessions at a time,
 * so small that calls do not feel it. What is left is found by the next run, so it may stop anywhere.
 */
@Injectable()
export class ForgetEndedSessions {
  private readonly forgotten: Counter;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retention: Retention,
    private readonly calls: ForgetCalls,
    private readonly recordings: ForgetRecordings,
    private readonly figures: ForgetFigures,
    private readonly callbacks: ForgetCallbacks,
    private readonly texts: ForgetTexts,
    metrics: Metrics,
  ) {
    this.forgotten = new Counter({
      name: 'masking_sessions_forgotten_total',
      help: 'Sessions deleted with all that belonged to them, because their retention was over.',
      registers: [metrics.registry],
    });
  }

  /** Returns how many sessions; there may be more after `RUN_MS`. */
  async run(): Promise<number> {
    const endsAt = performance.now() + RUN_MS;
    const batches = new Batches(this.database, MOST_SESSIONS);
    let walks: Walk[] = [];
    for (const account of await this.retention.ofAll())
      if (await this.hasAny(account)) walks.push({ ...account, after: FIRST_ENDED });

    let total = 0;
    while (walks.length > 0 && performance.now() < endsAt) {
      const unfinished: Walk[] = [];
      for (const walk of walks) {
        const turnEndsAt = Math.min(endsAt, performance.now() + TURN_MS);
        const { count, isThrough } = await this.goOn(walk, batches, turnEndsAt);
        total += count;
        if (!isThrough) unfinished.push(walk);
      }
      walks = unfinished;
    }
    return total;
  }

  private async hasAny(account: KeptAccount): Promise<boolean> {
    const first = await this.database.browse((manager) =>
      nextEnded(manager, this.database, { ...this.range(account), after: FIRST_ENDED, limit: 1 }),
    );
    return first.length > 0;
  }

  private range({ accountId, keptMs }: KeptAccount) {
    return { accountId, until: this.clock.now() - keptMs };
  }

  private async goOn(walk: Walk, batches: Batches, endsAt: number): Promise<{ count: number; isThrough: boolean }> {
    let total = 0;
    do {
      let [forgotten, crowded, last]: [string[], string[], EndedSession] = [[], [], walk.after];
      const { isLast } = await batches.next(async (tx, limit) => {
        const range = { ...this.range(walk), after: walk.after, limit };
        const ended = await nextEnded(tx, this.database, range, this.database.forUpdateSkipLocked);
        last = ended.at(-1) ?? walk.after;
        const free = await this.withoutOwing(tx, ended, range);
        crowded = await this.crowded(tx, free);
        forgotten = free.filter((id) => !crowded.includes(id));
        await this.forget(tx, forgotten);
        return ended.length;
      });
      walk.after = last;
      total += forgotten.length;
      this.forgotten.inc(forgotten.length);
      // They go themselves with the next run.
      for (const sessionId of crowded) await this.empty(walk.accountId, sessionId);
      if (isLast) return { count: total, isThrough: true };
    } while (performance.now() < endsAt);
    return { count: total, isThrough: false };
  }

  /** Those of which nothing is to come any more, or has not come for too long: callbacks, recordings, prices of calls and texts. */
  private async withoutOwing(
    tx: Tx,
    ended: EndedSession[],
    { accountId, until }: { accountId: string; until: number },
  ): Promise<string[]> {
    if (ended.length === 0) return [];
    const ids = ended.map(({ id }) => id);
    const waited = new Set(ended.filter(({ endedAt }) => endedAt > until - PATIENCE_MS).map(({ id }) => id));
    if (waited.size === 0) return ids;
    const final = await this.calls.finalBefore(tx, accountId, this.clock.now());
    const open = await this.calls.count(tx, [...waited], final);
    const owing = new Set([
      ...(await this.callbacks.owing(tx, [...waited])),
      ...(await this.recordings.owing(tx, [...waited])),
      ...(await this.texts.owing(tx, [...waited])),
      ...open.keys(),
    ]);
    return ids.filter((id) => !owing.has(id));
  }

  private async crowded(tx: Tx, sessionIds: string[]): Promise<string[]> {
    if (sessionIds.length === 0) return [];
    const counts = await this.calls.count(tx, sessionIds);
    return [...counts].filter(([, calls]) => calls > CROWDED).map(([id]) => id);
  }

  private async forget(tx: Tx, sessionIds: string[]): Promise<void> {
    if (sessionIds.length === 0) return;
    await this.callbacks.ofSessions(tx, sessionIds);
    await this.recordings.ofSessions(tx, sessionIds);
    await this.figures.ofSessions(tx, sessionIds);
    await this.calls.ofSessions(tx, sessionIds);
    await this.texts.ofSessions(tx, sessionIds);
    await forgetSessions(tx, this.database, sessionIds, this.clock.now());
  }

  private empty(accountId: string, sessionId: string): Promise<number> {
    return purgeInBatches(this.database, MOST_CALLS, async (tx, size) => {
      const calls = await this.calls.oldestOf(tx, sessionId, size);
      if (calls.length === 0) return 0;
      const ids = calls.map(({ id }) => id);
      await this.callbacks.ofCalls(tx, ids);
      await this.figures.ofCalls(
        tx,
        accountId,
        calls.map(({ aLegUuid }) => aLegUuid),
      );
      await this.calls.run(tx, calls);
      await forgetInteractions(tx, this.database, ids);
      return calls.length;
    });
  }
}
