import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { change, Database, type Tx } from '../../platform/database/database.js';
import { purgeInBatches } from '../../platform/database/purge-in-batches.js';
import { selection } from '../../platform/database/rows.js';
import { RECEIPTS } from './webhook-receipt.entity.js';

const KEPT_MS = 7 * 24 * 3600 * 1000;
const MOST = 1000;

const NONCES = selection(RECEIPTS.pick(['accountId', 'nonce']));

/** Forgets nonces after 7 days; Plivo repeats a webhook for a minute at most. */
@Injectable()
export class PurgeWebhookReceipts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  run(): Promise<number> {
    return purgeInBatches(this.database, MOST, (tx, size) => this.purgeBatch(tx, size));
  }

  private async purgeBatch(tx: Tx, size: number): Promise<number> {
    const old = await NONCES.read(
      tx,
      `FROM webhook_receipt WHERE received_at <= ? ORDER BY received_at LIMIT ${size} ${this.database.forUpdateSkipLocked}`,
      [this.clock.now() - KEPT_MS],
    );
    for (const { accountId, nonce } of old)
      await change(tx, 'DELETE FROM webhook_receipt WHERE account_id = ? AND nonce = ?', [accountId, nonce]);
    return old.length;
  }
}
