import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock, DAY_MS, HOUR_MS } from '../platform/clock.js';
import { Crypto, type SealedPlace } from '../platform/crypto/crypto.js';
import { change, Database, isDuplicate, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { NotFound } from '../platform/errors.js';
import { newId } from '../platform/ids.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { ReceiverPaused, ReceiverRecovered } from './callbacks.events.js';
import { FAILING_RECEIVERS, type FailingReceiver } from './callback.entity.js';
import type { Receiver } from './receiver.js';

const PAUSED_AFTER_MS = 5 * DAY_MS;
const FORGOTTEN_AFTER_MS = 30 * DAY_MS;
const NOTED_EVERY_MS = HOUR_MS;
const TELL = 'callbacks.receiver-paused';
/** As `failingSince`. */
const RESUMED = 0;

const PAUSED = selection(FAILING_RECEIVERS.pick(['id']));
const WHOLE = selection(FAILING_RECEIVERS.fields());
const KNOWN = selection(FAILING_RECEIVERS.pick(['id', 'failingSince', 'lastFailedAt', 'pausedAt', 'wasPaused']));

export interface ReceiverSearch {
  status?: 'failing' | 'paused' | undefined;
  /** The last receiver of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

/**
 * Knows which receivers have failed ever since when, and pauses one after five days of nothing but failures: its callbacks are then parked without an
 * attempt, until it is resumed or one of its callbacks is replayed. A receiver that works has no row and costs one read for each attempt.
 */
@Injectable()
export class FailingReceivers implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ accountId: string; receiverId: string }>(
      TELL,
      { leaseSeconds: 30 },
      async ({ accountId, receiverId }) =>
        this.log.warn('callbacks.receiver_paused', { account: accountId, receiver: receiverId }),
    );
  }

  async isPaused(manager: EntityManager, { lane }: Receiver): Promise<boolean> {
    return (
      (await PAUSED.read(manager, 'FROM failing_receiver WHERE lane = ? AND paused_at IS NOT NULL', [lane])).length > 0
    );
  }

  /** In the transaction that notes the attempt. */
  async note(tx: Tx, receiver: Receiver, isDelivered: boolean): Promise<void> {
    const [known] = await KNOWN.read(tx, 'FROM failing_receiver WHERE lane = ?', [receiver.lane]);
    if (isDelivered) {
      if (!known || (await change(tx, 'DELETE FROM failing_receiver WHERE id = ?', [known.id])) === 0) return;
      if (known.wasPaused) await this.events.publish(tx, new ReceiverRecovered(receiver.accountId, known.id));
      return;
    }
    const now = this.clock.now();
    if (!known) return this.add(tx, receiver, now);
    if (known.pausedAt !== null) return;
    if (known.failingSince === RESUMED) return this.failAgain(tx, known.id, now);
    if (now - known.failingSince >= PAUSED_AFTER_MS) return this.pause(tx, receiver, known.id, now);
    if (now - known.lastFailedAt >= NOTED_EVERY_MS)
      await FAILING_RECEIVERS.update(tx, { lastFailedAt: now }, 'WHERE id = ?', [known.id]);
  }

  /** Refuses an id that is not that of a failing receiver. Its five days begin anew with its next failure. */
  async resume(tx: Tx, id: string): Promise<void> {
    const resumed = (await this.tryAgain(tx, 'id = ?', id)) > 0;
    if (!resumed && (await change(tx, 'DELETE FROM failing_receiver WHERE id = ? AND failing_since > 0', [id])) === 0)
      throw new NotFound('no failing receiver has this id');
  }

  /** For callbacks that an operator sends again: who does that believes that the receiver works. */
  async resumePaused(tx: Tx, receivers: Receiver[]): Promise<void> {
    for (const lane of new Set(receivers.map((receiver) => receiver.lane))) await this.tryAgain(tx, 'lane = ?', lane);
  }

  /** The latest to begin failing first; `origin` readable. */
  list({ status, before, limit }: ReceiverSearch): Promise<FailingReceiver[]> {
    return this.database.browse(async (manager) => {
      const conditions = [
        'failing_since > 0',
        ...(status === undefined ? [] : [`paused_at IS ${status === 'paused' ? 'NOT NULL' : 'NULL'}`]),
        ...(before === undefined ? [] : ['failing_since <= ? AND (failing_since < ? OR id < ?)']),
      ];
      const where = conditions.join(' AND ');
      const rest = `FROM failing_receiver WHERE ${where} ORDER BY failing_since DESC, id DESC LIMIT ?`;
      const found = await WHOLE.read(manager, rest, [...(before ? [before.at, before.at, before.id] : []), limit]);
      return found.map((row) => ({ ...row, origin: this.crypto.open(originPlace(row.id, row.accountId), row.origin) }));
    });
  }

  /** Forgets those that were not tried for 30 days, the paused ones too: whatever was parked for them is gone by then. Returns how many. */
  purge(): Promise<number> {
    const end = this.clock.now() - FORGOTTEN_AFTER_MS;
    return this.database.transaction((tx) =>
      change(tx, 'DELETE FROM failing_receiver WHERE last_failed_at <= ?', [end]),
    );
  }

  private async add(tx: Tx, { lane, accountId, origin }: Receiver, now: number): Promise<void> {
    const id = newId();
    try {
      await FAILING_RECEIVERS.insert(tx, {
        id,
        lane,
        accountId,
        origin: this.crypto.seal(originPlace(id, accountId), origin),
        failingSince: now,
        lastFailedAt: now,
        wasPaused: false,
      });
    } catch (error) {
      // Another attempt on the same receiver has just failed and said so.
      if (!isDuplicate(error)) throw error;
    }
  }

  /** A paused one, whose row stays for what is to be told of it. */
  private tryAgain(tx: Tx, which: string, value: string): Promise<number> {
    return FAILING_RECEIVERS.update(
      tx,
      { pausedAt: null, failingSince: RESUMED, lastFailedAt: this.clock.now() },
      `WHERE ${which} AND paused_at IS NOT NULL`,
      [value],
    );
  }

  private async failAgain(tx: Tx, id: string, now: number): Promise<void> {
    await FAILING_RECEIVERS.update(tx, { failingSince: now, lastFailedAt: now }, 'WHERE id = ? AND failing_since = 0', [
      id,
    ]);
  }

  private async pause(tx: Tx, { accountId }: Receiver, id: string, now: number): Promise<void> {
    const paused = await FAILING_RECEIVERS.update(
      tx,
      { pausedAt: now, lastFailedAt: now, wasPaused: true },
      'WHERE id = ? AND paused_at IS NULL',
      [id],
    );
    if (paused === 0) return;
    await this.jobs.enqueue(tx, TELL, { accountId, receiverId: id });
    await this.events.publish(tx, new ReceiverPaused(accountId, id));
  }
}

const originPlace = (row: string, account: string): SealedPlace => ({
  column: 'failing_receiver.origin',
  row,
  account,
});
