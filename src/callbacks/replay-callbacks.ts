import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { number, selection, type Selected } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CALLBACKS, type CallbackStatus } from './callback.entity.js';
import { CallbackTarget } from './callback-target.js';
import { FailingReceivers } from './failing-receivers.js';
import { newAddress } from './readdress-callbacks.js';
import { receiverOf } from './receiver.js';
import { fittingIndex } from './fitting-index.js';
import { DELIVER, deliveryOf, urlPlace } from './deliver-callbacks.js';

const REPLAY = 'callbacks.replay';
const LEASE_SECONDS = 60;
const BATCH = 200;

/** What is to be sent again. Instants are milliseconds since 1970 of when callbacks were made. */
export interface ReplayRange {
  since?: number | undefined;
  /** Exclusive. */
  until?: number | undefined;
  status: CallbackStatus;
  sessionId?: string | undefined;
  accountId?: string | undefined;
}

/** What is left of a range: callbacks after `after`, made until `before`. */
interface ReplayPart extends ReplayRange {
  before: number;
  after: { at: number; id: string };
}

const REPLAYED = selection(CALLBACKS.pick(['id', 'accountId', 'sessionId', 'stream', 'url', 'method']));
const REACHED = selection(CALLBACKS.pick(['id', 'accountId', 'sessionId', 'stream', 'createdAt']));
const COUNT = selection({ callbacks: number('COUNT(*)') });

type Replayed = Selected<typeof REPLAYED>;

/** Sends callbacks again, with the same id and bytes, to where their session's events are told now, and gives them the whole schedule anew. Also what was delivered may be sent again. */
@Injectable()
export class ReplayCallbacks implements OnModuleInit {
  /** Callbacks of a batch; specs make shorter ones. */
  batchSize = BATCH;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly receivers: FailingReceivers,
    private readonly target: CallbackTarget,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<ReplayPart>(REPLAY, { leaseSeconds: LEASE_SECONDS }, (part) => this.batch(part));
  }

  /** Refuses an id that nobody knows. */
  async one(tx: Tx, id: string): Promise<void> {
    const [known] = await REPLAYED.read(tx, 'FROM callback WHERE id = ?', [id]);
    if (!known) throw new NotFound('no callback has this id');
    await this.replay(tx, known, ['WHERE id = ?', [id]]);
  }

  /** Has the range sent in the background, unless it had no callbacks when they were counted. */
  async range(tx: Tx, range: ReplayRange, counted: number): Promise<void> {
    const part: ReplayPart = { ...range, before: this.clock.now(), after: { at: 0, id: '' } };
    if (counted > 0) await this.jobs.enqueue(tx, REPLAY, part);
  }

  /** How many callbacks the range has now: what is asked before they are sent. In no transaction: it is seconds where there are millions, and on SQLite nobody's call is answered beside one. */
  count(range: ReplayRange): Promise<number> {
    return this.database.browse((manager) => this.countOf(manager, range));
  }

  private async countOf(manager: EntityManager, range: ReplayRange): Promise<number> {
    // What was settled is settled by now: with that asked too, no index would do alone.
    const { where, parameters } = condition(range, { madeBy: this.clock.now() });
    const [counted] = await COUNT.read(
      manager,
      `FROM callback ${fittingIndex(this.database, range)} WHERE ${where}`,
      parameters,
    );
    return counted?.callbacks ?? 0;
  }

  /**
   * One batch, and a job for the next in its transaction: a process that dies holds nothing up for longer than its lease. A stream goes whole with
   * the first of its callbacks that a batch comes to; otherwise what waits for its schedule could be delivered between two batches, out of order.
   */
  private batch({ before, after, ...range }: ReplayPart): Promise<void> {
    const { where, parameters } = condition(range, { madeBy: before, settledBy: before });
    return this.database.transaction(async (tx) => {
      const reached = await REACHED.read(
        tx,
        `FROM callback ${fittingIndex(this.database, range)} WHERE ${where} AND created_at >= ? AND (created_at > ? OR id > ?) ORDER BY created_at, id LIMIT ${this.batchSize}`,
        [...parameters, after.at, after.at, after.id],
      );
      const streams = new Map(reached.map((one) => [streamKey(one), one]));
      for (const stream of streams.values())
        await this.replay(tx, stream, [
          `${this.database.byIndex('callback_sequence')} WHERE session_id = ? AND stream = ? AND ${where}`,
          [stream.sessionId, stream.stream, ...parameters],
        ]);
      const last = reached.at(-1);
      if (!last || reached.length < this.batchSize) return;
      const next: ReplayPart = { ...range, before, after: { at: last.createdAt, id: last.id } };
      await this.jobs.enqueue(tx, REPLAY, next);
    });
  }

  /** Callbacks of one stream, to where its session's events are told now; once that is gone, to where they were to go. */
  private async replay(
    tx: Tx,
    { accountId, sessionId, stream }: Pick<Replayed, 'accountId' | 'sessionId' | 'stream'>,
    [those, parameters]: [those: string, parameters: unknown[]],
  ): Promise<void> {
    const target = await this.target.seen(tx, accountId, sessionId, stream);
    const callbacks = await REPLAYED.read(
      tx,
      `FROM callback ${those} ORDER BY sequence ${this.database.forUpdate}`,
      parameters,
    );
    const anew = { status: 'pending', tries: 0, nextAttemptAt: this.clock.now(), settledAt: null } as const;
    const urls = new Set<string>();
    for (const one of callbacks) {
      const address = target && newAddress(this.crypto, one, target);
      await CALLBACKS.update(tx, { ...anew, ...address }, 'WHERE id = ?', [one.id]);
      urls.add(target?.url ?? this.crypto.open(urlPlace(one.id, accountId), one.url));
    }
    await this.receivers.resumePaused(
      tx,
      [...urls].map((url) => receiverOf(this.crypto, accountId, url)),
    );
    const [url] = urls;
    if (url === undefined) return;
    const [payload, when] = deliveryOf(this.crypto, { sessionId, stream, accountId, url });
    await this.jobs.enqueue(tx, DELIVER, payload, { ...when, sooner: true });
  }
}

function streamKey({ sessionId, stream }: Pick<Replayed, 'sessionId' | 'stream'>): string {
  return `${sessionId}:${stream}`;
}

/** What has been settled since the replay was asked for is not in it: its batches meet no callback twice. */
function condition(
  { since, until, status, sessionId, accountId }: ReplayRange,
  { madeBy, settledBy }: { madeBy: number; settledBy?: number },
): { where: string; parameters: unknown[] } {
  const limits: [string, unknown][] = [
    ['status = ?', status],
    ['created_at <= ?', madeBy],
  ];
  if (status !== 'pending' && settledBy !== undefined) limits.push(['settled_at <= ?', settledBy]);
  if (until !== undefined) limits.push(['created_at < ?', until]);
  if (since !== undefined) limits.push(['created_at >= ?', since]);
  if (sessionId !== undefined) limits.push(['session_id = ?', sessionId]);
  if (accountId !== undefined) limits.push(['account_id = ?', accountId]);
  return { where: limits.map(([sql]) => sql).join(' AND '), parameters: limits.map(([, value]) => value) };
}
