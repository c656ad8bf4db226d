import type { VerifiedWebhook } from '../../plivo/index.js';
import { isDuplicate, type Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { NonceReused } from '../call-routing.errors.js';
import { RECEIPTS } from './webhook-receipt.entity.js';

const CONTENT = selection(RECEIPTS.pick(['contentHash']));

/**
 * Remembers what a nonce was used for. The same nonce with the same content is a repetition, which the facts bear; with other content it is a
 * forgery and refused. Returns whether it is new.
 */
export async function noteReceipt(tx: Tx, webhook: VerifiedWebhook, now: number): Promise<boolean> {
  const { accountId, nonce, contentHash } = webhook;
  try {
    await RECEIPTS.insert(tx, { accountId, nonce, contentHash, receivedAt: now });
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const [known] = await CONTENT.read(tx, 'FROM webhook_receipt WHERE account_id = ? AND nonce = ?', [
      accountId,
      nonce,
    ]);
    if (known?.contentHash === contentHash) return false;
    webhook.onNonceReused?.();
    throw new NonceReused();
  }
}
