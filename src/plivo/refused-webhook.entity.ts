import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, instant, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

export const LONGEST_URL = 300;

/** Webhooks that were refused in a minute for one reason; the newest 200 of each account are kept. */
@Entity('refused_webhook')
@Index('refused_webhook_account', ['accountId', 'at'])
export class RefusedWebhook {
  /** Of the account that the path names; empty where no account has that Auth ID. */
  @PrimaryColumn({ ...authId(), name: 'account_id' }) accountId!: string;
  /** First instant of the minute. */
  @PrimaryColumn(instant()) minute!: number;
  /** The route, with the Auth ID that was asked for; ids of sessions and calls stand as names. */
  @PrimaryColumn(word(120)) path!: string;
  @PrimaryColumn(word(10)) method!: string;
  @PrimaryColumn(word(20)) reason!: string;
  /** What the signature had to be made over, ids and values left out. */
  @Column({ ...word(LONGEST_URL), name: 'signed_url' }) signedUrl!: string;
  /** When the last of them came. */
  @Column(instant()) at!: number;
  @Column({ type: 'int' }) count!: number;
}

export const REFUSED_WEBHOOKS = tableOf(RefusedWebhook);
