import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { change, Database } from '../../platform/database/database.js';

const KEPT_MS = 7 * 24 * 3600 * 1000;
const BATCH = 1000;

/** Forgets nonces after 7 days; Plivo repeats a webhook for a minute at most. */
@Injectable()
export class PurgeWebhookReceipts {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async run(): Promise<number> {
    let total = 0;
    for (;;) {
      const purged = await this.database.transaction((tx) => this.purgeBatch(tx));
      total += purged;
      if (purged < BATCH) return total;
    }
  }

  private async purgeBatch(tx: Parameters<Parameters<Database['transaction']>[0]>[0]): Promise<number> {
    const old = (await tx.query(
      `SELECT account_id, nonce FROM webhook_receipt WHERE received_at <= ? ORDER BY received_at LIMIT ${BATCH} ${this.database.forUpdateSkipLocked}`,
      [this.clock.now() - KEPT_MS],
    )) as { account_id: string; nonce: string }[];
    for (const receipt of old) {
      await change(tx, 'DELETE FROM webhook_receipt WHERE account_id = ? AND nonce = ?', [
        receipt.account_id,
        receipt.nonce,
      ]);
    }
    return old.length;
  }
}
