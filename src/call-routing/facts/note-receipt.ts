import type { VerifiedWebhook } from '../../plivo/index.js';
import { isDuplicate, type Tx } from '../../platform/database/database.js';
import { NonceReused } from '../call-routing.errors.js';

/**
 * Remembers what a nonce was used for. The same nonce with the same content is a repetition, which the facts bear; with other content it is a
 * forgery and refused.
 */
export async function noteReceipt(tx: Tx, webhook: VerifiedWebhook, now: number): Promise<void> {
  try {
    await tx.query('INSERT INTO webhook_receipt (account_id, nonce, content_hash, received_at) VALUES (?, ?, ?, ?)', [
      webhook.accountId,
      webhook.nonce,
      webhook.contentHash,
      now,
    ]);
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const [receipt] = (await tx.query('SELECT content_hash FROM webhook_receipt WHERE account_id = ? AND nonce = ?', [
      webhook.accountId,
      webhook.nonce,
    ])) as { content_hash: string }[];
    if (receipt?.content_hash !== webhook.contentHash) throw new NonceReused();
  }
}
