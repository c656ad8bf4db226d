import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { CallbackStatus, Stream } from './callback.entity.js';
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
}

/** What is left of a range: callbacks after `after`, made until `before`. */
interface ReplayPart extends ReplayRange {
  before: number;
  after: { at: number; id: string };
}

interface Row {
  id: string;
  account_id: string;
  session_id: string;
  stream: Stream;
  url: string;
}

/** Sends callbacks again, with the same id and bytes, and gives them the whole schedule anew. Also what was delivered may be sent again. */
@Injectable()
export class ReplayCallbacks implements OnModuleInit {
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
    const [row] = (await tx.query(
      `SELECT id, account_id, session_id, stream, url FROM callback WHERE id = ? ${this.database.forUpdate}`,
      [id],
    )) as Row[];
    if (!row) throw new NotFound('no callback has this id');
    await this.replay(tx, [row]);
  }

  /** Has the range sent in the background; answers how many callbacks are in it now. */
  async range(tx: Tx, range: ReplayRange): Promise<number> {
    const before = this.clock.now();
    const { where, parameters } = condition(range, before);
    const [row] = (await tx.query(`SELECT COUNT(*) AS callbacks FROM callback WHERE ${where}`, parameters)) as {
      callbacks: number;
    }[];
    const callbacks = Number(row?.callbacks);
    const part: ReplayPart = { ...range, before, after: { at: 0, id: '' } };
    if (callbacks > 0) await this.jobs.enqueue(tx, REPLAY, part);
    return callbacks;
  }

  /**
   * One batch, and a job for the next in its transaction: a process that dies holds nothing up for longer than its lease. A stream goes whole with
   * the first of its callbacks that a batch comes to; otherwise what waits for its schedule could be delivered between two batches, out of order.
   */
  private batch({ before, after, ...range }: ReplayPart): Promise<void> {
    const { where, parameters } = condition(range, before);
    return this.database.transaction(async (tx) => {
      const rows = (await tx.query(
        `SELECT id, session_id, stream, created_at FROM callback
          WHERE ${where} AND created_at >= ? AND (created_at > ? OR id > ?) ORDER BY created_at, id LIMIT ${BATCH}`,
        [...parameters, after.at, after.at, after.id],
      )) as (Pick<Row, 'id' | 'session_id' | 'stream'> & { created_at: number })[];
      const streams = new Map(rows.map((row) => [streamKey(row), [row.session_id, row.stream]]));
      for (const stream of streams.values()) {
        const inStream = (await tx.query(
          `SELECT id, account_id, session_id, stream, url FROM callback
            WHERE session_id = ? AND stream = ? AND ${where} ORDER BY sequence ${this.database.forUpdate}`,
          [...stream, ...parameters],
        )) as Row[];
        await this.replay(tx, inStream);
      }
      const last = rows.at(-1);
      if (!last || rows.length < BATCH) return;
      const next: ReplayPart = { ...range, before, after: { at: Number(last.created_at), id: last.id } };
      await this.jobs.enqueue(tx, REPLAY, next);
    });
  }

  private async replay(tx: Tx, rows: Row[]): Promise<void> {
    const now = this.clock.now();
    for (const row of rows) {
      await change(
        tx,
        "UPDATE callback SET status = 'pending', tries = 0, next_attempt_at = ?, settled_at = NULL WHERE id = ?",
        [now, row.id],
      );
    }
    const opened = rows.map((row) => ({ ...row, url: this.crypto.open(urlPlace(row.id, row.account_id), row.url) }));
    await this.receivers.resumePaused(
      tx,
      opened.map(({ account_id: accountId, url }) => receiverOf(this.crypto, accountId, url)),
    );
    const streams = new Map(opened.map((row) => [streamKey(row), row]));
    for (const { account_id: accountId, session_id: sessionId, stream, url } of streams.values()) {
      const [payload, when] = deliveryOf(this.crypto, { sessionId, stream, accountId, url });
      await this.jobs.enqueue(tx, DELIVER, payload, { ...when, sooner: true });
    }
  }
}

function streamKey({ session_id: sessionId, stream }: Pick<Row, 'session_id' | 'stream'>): string {
  return `${sessionId}:${stream}`;
}

/** What has been settled since the replay was asked for is not in it: its batches meet no callback twice. */
function condition(
  { since, until, status, sessionId }: ReplayRange,
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
  return { where: limits.map(([sql]) => sql).join(' AND '), parameters: limits.map(([, value]) => value) };
}
