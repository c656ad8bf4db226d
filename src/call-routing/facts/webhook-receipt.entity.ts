import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../../platform/database/columns.js';
import { tableOf } from '../../platform/database/rows.js';

/** A nonce that Plivo has used and what it signed. The same nonce with other content is a forgery; kept 7 days. */
@Entity('webhook_receipt')
@Index('webhook_receipt_received', ['receivedAt'])
export class WebhookReceipt {
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  @PrimaryColumn(word(64)) nonce!: string;
  /** Digest of kind, URL and parameters. */
  @Column({ ...word(43), name: 'content_hash' }) contentHash!: string;
  @Column({ ...instant(), name: 'received_at' }) receivedAt!: number;
}

export const RECEIPTS = tableOf(WebhookReceipt);
