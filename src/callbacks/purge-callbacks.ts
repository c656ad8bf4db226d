import { Injectable } from '@nestjs/common';
import { Clock, DAY_MS } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { purgeInBatches } from '../platform/database/purge-in-batches.js';
import { selection } from '../platform/database/rows.js';
import { CALLBACKS } from './callback.entity.js';
import { FailingReceivers } from './failing-receivers.js';

const KEPT_MS = 30 * DAY_MS;
const MOST = 500;

const OLD = selection(CALLBACKS.pick(['id']));

/** Forgets callbacks that were delivered or parked more than 30 days ago, with the numbers in them, and receivers that were not tried for as long. */
@Injectable()
export class PurgeCallbacks {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly receivers: FailingReceivers,
  ) {}

  /** Returns how many callbacks. */
  async run(): Promise<number> {
    await this.receivers.purge();
    let total = 0;
    for (const status of ['delivered', 'parked'])
      total += await purgeInBatches(this.database, MOST, (tx, size) => this.purgeBatch(tx, status, size));
    return total;
  }

  /** A callback that was sent again lately stays, whenever it was made. */
  private async purgeBatch(tx: Tx, status: string, size: number): Promise<number> {
    const end = this.clock.now() - KEPT_MS;
    const old = await OLD.read(
      tx,
      `FROM callback WHERE status = ? AND created_at <= ? AND settled_at <= ? ORDER BY created_at LIMIT ${size}`,
      [status, end, end],
    );
    for (const { id } of old) {
      await change(tx, 'DELETE FROM callback_attempt WHERE callback_id = ?', [id]);
      await change(tx, 'DELETE FROM callback WHERE id = ? AND status = ?', [id, status]);
    }
    return old.length;
  }
}
