import { Injectable } from '@nestjs/common';
import { Spend } from '../accounts/index.js';
import { subaccountOfNumber } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import type { MessageRecord } from '../plivo/index.js';
import type { E164 } from '../telephony/phone.js';
import { CountTexts } from './count-texts.js';
import { toldBy } from './join-reports.js';
import { afterLook, ListedMessage } from './listed-message.js';
import { SendNotices } from './send-notices.js';
import { noticePlace, NOTICES, type TextNotice } from './text-notice.entity.js';

const NOTICE = selection(NOTICES.fields());

/** Finds out what became of sentences of ours of unknown outcome, as `settle-forwards.ts` does of texts, and in its turns. */
@Injectable()
export class SettleNotices {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly spend: Spend,
    private readonly listedMessage: ListedMessage,
    private readonly sendNotices: SendNotices,
    private readonly counts: CountTexts,
  ) {}

  async lookFor(id: string): Promise<void> {
    const notice = await this.database.transaction(async (tx) => {
      const held = await this.hold(tx, id);
      if (held?.state !== 'unknown') return null;
      await NOTICES.update(tx, { lookedAt: this.clock.now() }, 'WHERE id = ?', [id]);
      return held;
    });
    if (notice === null) return;
    const found = await this.candidates(notice);
    await this.database.transaction((tx) => this.settle(tx, id, found));
  }

  /** None of who has been erased since. */
  private async candidates(notice: TextNotice): Promise<MessageRecord[]> {
    const { accountId, virtualNumber, recipient } = notice;
    if (recipient === null) return [];
    const to = this.crypto.open(noticePlace(notice), recipient) as E164;
    const subaccount = await this.database.read((manager) =>
      subaccountOfNumber(manager, accountId, virtualNumber as E164),
    );
    return this.listedMessage.candidates(notice, to, subaccount);
  }

  private async settle(tx: Tx, id: string, found: MessageRecord[]): Promise<void> {
    const notice = await this.hold(tx, id);
    // A report has told meanwhile.
    if (notice?.state !== 'unknown') return;
    const own = await this.listedMessage.onlyOne(tx, notice, found);
    if (own) return this.sendNotices.apply(tx, notice, own.messageUuid, toldBy(notice, own));
    const { lookUps, lookUpAt } = afterLook(notice);
    const state = lookUpAt === null ? ('unconfirmed' as const) : notice.state;
    await NOTICES.update(tx, { lookUps, lookUpAt, state, updatedAt: this.clock.now() }, 'WHERE id = ?', [id]);
    if (lookUpAt !== null) return;
    await this.spend.release(tx, notice.accountId, id);
    this.counts.noticed(notice.kind, 'unconfirmed');
  }

  private async hold(tx: Tx, id: string): Promise<TextNotice | undefined> {
    const [notice] = await NOTICE.read(tx, `FROM text_notice WHERE id = ? ${this.database.forUpdate}`, [id]);
    return notice;
  }
}
