import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { number, selection, type Selected } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { CALLBACKS, type CallbackStatus } from './callback.entity.js';
import { FailingReceivers } from './failing-receivers.js';
import { receiverOf } from './receiver.js';
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

const REPLAYED = selection(CALLBACKS.pick(['id', 'accountId', 'sessionId', 'stream', 'url']));
const REACHED = selection(CALLBACKS.pick(['id', 'sessionId', 'stream', 'createdAt']));
const COUNT = selection({ callbacks: number('COUNT(*)') });

type Replayed = Selected<typeof REPLAYED>;

/** Sends callbacks again, with the same id and bytes, and gives them the whole schedule anew. Also what was delivered may be sent again. */
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
  ) {}

  onModuleInit(): void {
    this.jobs.handle<ReplayPart>(REPLAY, { leaseSeconds: LEASE_SECONDS }, (part) => this.batch(part));
  }

  /** Refuses an id that nobody knows. */
  async one(tx: Tx, id: string): Promise<void> {
    const found = await REPLAYED.read(tx, `FROM callback WHERE id = ? ${this.database.forUpdate}`, [id]);
    if (found.length === 0) throw new NotFound('no callback has this id');
    await this.replay(tx, found);
  }

  /** Has the range sent in the background; answers how many callbacks are in it now. */
  async range(tx: Tx, range: ReplayRange): Promise<number> {
    const before = this.clock.now();
    const callbacks = await countOf(tx, range, before);
    const part: ReplayPart = { ...range, before, after: { at: 0, id: '' } };
    if (callbacks > 0) await this.jobs.enqueue(tx, REPLAY, part);
    return callbacks;
  }

  /** How many callbacks the range has now: what is asked before they are sent. */
  count(range: ReplayRange): Promise<number> {
    return this.database.browse((manager) => countOf(manager, range, this.clock.now()));
  }

  /**
   * One batch, and a job for the next in its transaction: a process that dies holds nothing up for longer than its lease. A stream goes whole with
   * the first of its callbacks that a batch comes to; otherwise what waits for its schedule could be delivered between two batches, out of order.
   */
  private batch({ before, after, ...range }: ReplayPart): Promise<void> {
    const { where, parameters } = condition(range, before);
    return this.database.transaction(async (tx) => {
      const reached = await REACHED.read(
        tx,
        `FROM callback WHERE ${where} AND created_at >= ? AND (created_at > ? OR id > ?) ORDER BY created_at, id LIMIT ${this.batchSize}`,
        [...parameters, after.at, after.at, after.id],
      );
      const streams = new Map(reached.map((one) => [streamKey(one), [one.sessionId, one.stream]]));
      for (const stream of streams.values()) {
        const inStream = await REPLAYED.read(
          tx,
          `FROM callback WHERE session_id = ? AND stream = ? AND ${where} ORDER BY sequence ${this.database.forUpdate}`,
          [...stream, ...parameters],
        );
        await this.replay(tx, inStream);
      }
      const last = reached.at(-1);
      if (!last || reached.length < this.batchSize) return;
      const next: ReplayPart = { ...range, before, after: { at: last.createdAt, id: last.id } };
      await this.jobs.enqueue(tx, REPLAY, next);
    });
  }

  private async replay(tx: Tx, callbacks: Replayed[]): Promise<void> {
    const now = this.clock.now();
    const anew = { status: 'pending', tries: 0, nextAttemptAt: now, settledAt: null } as const;
    for (const { id } of callbacks) await CALLBACKS.update(tx, anew, 'WHERE id = ?', [id]);
    const opened = callbacks.map((one) => ({
      ...one,
      url: this.crypto.open(urlPlace(one.id, one.accountId), one.url),
    }));
    await this.receivers.resumePaused(
      tx,
      opened.map(({ accountId, url }) => receiverOf(this.crypto, accountId, url)),
    );
    const streams = new Map(opened.map((one) => [streamKey(one), one]));
    for (const { accountId, sessionId, stream, url } of streams.values()) {
      const [payload, when] = deliveryOf(this.crypto, { sessionId, stream, accountId, url });
      await this.jobs.enqueue(tx, DELIVER, payload, { ...when, sooner: true });
    }
  }
}

async function countOf(manager: EntityManager, range: ReplayRange, before: number): Promise<number> {
  const { where, parameters } = condition(range, before);
  const [counted] = await COUNT.read(manager, `FROM callback WHERE ${where}`, parameters);
  return counted?.callbacks ?? 0;
}

function streamKey({ sessionId, stream }: Pick<Replayed, 'sessionId' | 'stream'>): string {
  return `${sessionId}:${stream}`;
}

/** What has been settled since the replay was asked for is not in it: its batches meet no callback twice. */
function condition(
  { since, until, status, sessionId, accountId }: ReplayRange,
  before: number,
): { where: string; parameters: unknown[] } {
  const limits: [string, unknown][] = [
    ['status = ?', status],
    ['created_at <= ?', before],
  ];
  if (status !== 'pending') limits.push(['settled_at <= ?', before]);
  if (until !== undefined) limits.push(['created_at < ?', until]);
  if (since !== undefined) limits.push(['created_at >= ?', since]);
  if (sessionId !== undefined) limits.push(['session_id = ?', sessionId]);
  if (accountId !== undefined) limits.push(['account_id = ?', accountId]);
  return { where: limits.map(([sql]) => sql).join(' AND '), parameters: limits.map(([, value]) => value) };
}
