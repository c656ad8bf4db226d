import { Injectable } from '@nestjs/common';
import { noteReceipt } from '../call-routing/index.js';
import type { MessageReport, VerifiedWebhook } from '../plivo/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { exists, selection } from '../platform/database/rows.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { joined } from './join-reports.js';
import { SendNotices } from './send-notices.js';
import { SettleForwards } from './settle-forwards.js';
import { CONFIRM } from './text-lanes.js';
import { FORWARDS, type TextForward } from './text.entity.js';

const ID = selection(FORWARDS.pick(['id']));

/**
 * Takes down what Plivo reports of a text that we sent. The report's address names the text, so that one whose answer was lost is known to have been taken by
 * it; where it does not, the message's own id does. Any order and repetition ends in the same row.
 */
@Injectable()
export class NoteReport {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly settleForwards: SettleForwards,
    private readonly sendNotices: SendNotices,
  ) {}

  async run(webhook: VerifiedWebhook, forwardId: string | null, told: MessageReport): Promise<void> {
    const isForeign = await this.database.transaction(async (tx) => {
      await noteReceipt(tx, webhook, this.clock.now());
      const forward = await this.find(tx, webhook.accountId, forwardId, told.messageUuid);
      if (!forward) {
        // Nobody is told of a sentence of ours, so what is said of it needs no better voucher than a report that is signed.
        if (!webhook.isHint) await this.sendNotices.report(tx, webhook.accountId, forwardId, told);
        return false;
      }
      return webhook.isHint ? this.ask(tx, forward) : this.note(tx, forward, told);
    });
    // It would mean that one text was sent twice, or that a report went astray.
    if (isForeign) this.log.error('text.foreign_report', { forward: forwardId, message_uuid: told.messageUuid });
  }

  private async find(
    tx: Tx,
    accountId: string,
    forwardId: string | null,
    messageUuid: string,
  ): Promise<TextForward | null> {
    const [named] = forwardId
      ? [{ id: forwardId }]
      : await ID.read(tx, 'FROM text_forward WHERE account_id = ? AND message_uuid = ?', [accountId, messageUuid]);
    const forward = named && (await this.settleForwards.hold(tx, named.id));
    return forward?.accountId === accountId ? forward : null;
  }

  /** Whether the report is of another message than this text was. */
  private async note(tx: Tx, forward: TextForward, told: MessageReport): Promise<boolean> {
    const { messageUuid } = told;
    if (forward.messageUuid !== null && forward.messageUuid !== messageUuid) return true;
    // What this one has no other can have: the key is unique.
    const others = 'FROM text_forward WHERE account_id = ? AND message_uuid = ? AND id <> ?';
    const isNew = forward.messageUuid === null;
    if (isNew && (await exists(tx, others, [forward.accountId, messageUuid, forward.id]))) return true;
    await this.settleForwards.apply(tx, forward, messageUuid, joined(forward, told));
    return false;
  }

  /** Its signature covers no word of it: what it says is asked of Plivo, and what is not known to be there is looked for as ever. */
  private async ask(tx: Tx, { id, messageUuid }: TextForward): Promise<boolean> {
    if (messageUuid !== null) await this.jobs.enqueue(tx, CONFIRM, { forwardId: id }, { key: `${CONFIRM}:${id}` });
    return false;
  }
}
