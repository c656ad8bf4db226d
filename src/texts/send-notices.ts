import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountSettings, microsOf, noticeSentence, PlivoAccess, Spend, type CallSettings } from '../accounts/index.js';
import { isSilent, subaccountOfNumber } from '../number-pool/index.js';
import {
  PlivoClient,
  ProviderBusy,
  ProviderOutcomeUnknown,
  ProviderRefused,
  ProviderUnavailable,
  textSize,
  type MessageRecord,
  type MessageReport,
} from '../plivo/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { Config } from '../platform/settings/config.js';
import type { E164 } from '../telephony/phone.js';
import { CountTexts } from './count-texts.js';
import { isFinal, joined, pricedBy, type Told } from './join-reports.js';
import { priceAtOf } from './priced-after.js';
import { TextFigured } from './texts.events.js';
import { LOOKS_MS } from './listed-message.js';
import { SEND_NOTICE, SETTLE, settleKey } from './text-lanes.js';
import { noticePlace, NOTICES, type TextNotice } from './text-notice.entity.js';

/** What is said later than this answers nothing any more. */
const LATEST_MS = 300_000;
const EXPIRY_SECONDS = 300;
/** As with forwards: who was stopped for longer before asking Plivo sends nothing. */
const STALE_MS = 10_000;

const NOTICE = selection(NOTICES.fields());

/** Sends our own sentences as texts are sent: written down before Plivo is asked, and never asked again unless it is certain that nothing reached it. */
@Injectable()
export class SendNotices implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly accountSettings: AccountSettings,
    private readonly spend: Spend,
    private readonly events: Events,
    private readonly counts: CountTexts,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ noticeId: string }>(SEND_NOTICE, { leaseSeconds: 60, maxAttempts: 1000 }, ({ noticeId }) =>
      this.run(noticeId),
    );
  }

  async run(id: string): Promise<void> {
    const [known] = await this.database.read((manager) => NOTICE.read(manager, 'FROM text_notice WHERE id = ?', [id]));
    if (!known) return;
    const settings = await this.accountSettings.of(known.accountId);
    const text = noticeSentence(known.kind, settings.text_notices);
    const notice = await this.database.transaction((tx) => this.begin(tx, id, text, settings));
    if (notice !== null) await this.send(notice, text);
  }

  /** A report of Plivo, which may be about one. `noticeId`: of the report's address. */
  async report(tx: Tx, accountId: string, noticeId: string | null, told: MessageReport): Promise<void> {
    const { messageUuid } = told;
    const [where, parameters] = noticeId ? ['id = ?', [noticeId]] : ['message_uuid = ?', [messageUuid]];
    const one = `FROM text_notice WHERE ${where} AND account_id = ? ${this.database.forUpdate}`;
    const [notice] = await NOTICE.read(tx, one, [...parameters, accountId]);
    if (!notice || (notice.messageUuid !== null && notice.messageUuid !== messageUuid)) return;
    await this.apply(tx, notice, messageUuid, joined(notice, told));
  }

  /** What Plivo's record says of one, null where there is none, and when it is to be asked for again. */
  async price(tx: Tx, id: string, record: MessageRecord | null, priceAt: number | null): Promise<void> {
    const [notice] = await NOTICE.read(tx, `FROM text_notice WHERE id = ? ${this.database.forUpdate}`, [id]);
    if (!notice?.messageUuid || notice.priceAt === null) return;
    const priced = { carrierFee: record?.carrierFeeMicros ?? notice.carrierFee, priceAt };
    if (record) await this.apply(tx, notice, notice.messageUuid, pricedBy(notice, record), priced);
    else await NOTICES.update(tx, priced, 'WHERE id = ?', [id]);
  }

  /** Notes what is known of one whose row is held; what it cost counts once. */
  async apply(
    tx: Tx,
    notice: TextNotice,
    messageUuid: string,
    told: Told,
    priced: Partial<Pick<TextNotice, 'carrierFee' | 'priceAt'>> = {},
  ): Promise<void> {
    const { id, accountId, kind } = notice;
    const { state, sequence, units, amount, errorCode } = told;
    const now = this.clock.now();
    const priceAt = state === notice.state ? notice.priceAt : priceAtOf(state, now);
    const known = { state, sequence, units, amount, errorCode, messageUuid, priceAt, lookUpAt: null, updatedAt: now };
    await NOTICES.update(tx, { ...known, ...priced }, 'WHERE id = ?', [id]);
    if (isFinal(state)) await this.spend.release(tx, accountId, id);
    if (state !== notice.state) this.counts.noticed(kind, state);
    await this.events.publish(tx, new TextFigured(accountId, id));
  }

  /** Null where there is nothing to be sent. */
  private async begin(tx: Tx, id: string, text: string, settings: CallSettings): Promise<TextNotice | null> {
    const [notice] = await NOTICE.read(tx, `FROM text_notice WHERE id = ? ${this.database.forUpdate}`, [id]);
    const now = this.clock.now();
    // This job has one worker: who wrote it is gone, and nobody knows how far it came.
    if (notice?.state === 'sending') await this.doubt(tx, notice);
    if (notice?.state !== 'pending') return null;
    const hindrance = await this.hindrance(tx, notice, text, settings);
    if (hindrance !== null) {
      await this.become(tx, notice, 'rejected', hindrance);
      return null;
    }
    const sending = { state: 'sending' as const, sendingAt: now, units: textSize(text).units, updatedAt: now };
    await NOTICES.update(tx, sending, 'WHERE id = ?', [id]);
    return { ...notice, ...sending };
  }

  private async hindrance(
    tx: Tx,
    notice: TextNotice,
    text: string,
    { daily_spend_cap: cap, max_rate_per_message: rate }: CallSettings,
  ): Promise<string | null> {
    const { id, accountId, createdAt, recipient } = notice;
    // As the rows have it: texts that are turned off in another process stop here at once too.
    if ((await this.accountSettings.read(tx, accountId)).texts !== 'on') return 'not-enabled';
    if (recipient === null || text === '' || (await isAgainstWish(tx, notice))) return 'silent';
    if (this.clock.now() > createdAt + LATEST_MS) return 'too-late';
    if (cap === null) return null;
    if (rate === null) return 'no-rate';
    const micros = textSize(text).units * microsOf(rate);
    return (await this.spend.reserve(tx, { accountId, holder: id, cap, micros })) ? null : 'spend-cap';
  }

  private async send(notice: TextNotice, text: string): Promise<void> {
    const { id, accountId, virtualNumber, sendingAt } = notice;
    const from = virtualNumber as E164;
    const subaccount = await this.database.read((manager) => subaccountOfNumber(manager, accountId, from));
    const credentials = await this.plivoAccess.of(accountId, subaccount);
    const message = {
      from,
      to: this.crypto.open(noticePlace(notice), notice.recipient ?? '') as E164,
      text,
      reportUrl: `${this.config.http.publicUrl}/plivo/${accountId}/message-status/${id}`,
      expirySeconds: EXPIRY_SECONDS,
    };
    if (this.clock.now() > (sendingAt ?? 0) + STALE_MS) return;
    try {
      const { messageUuid } = await this.plivo.sendMessage(credentials, message);
      await this.database.transaction(async (tx) => {
        const [held] = await NOTICE.read(tx, `FROM text_notice WHERE id = ? ${this.database.forUpdate}`, [id]);
        // A report may have named it already, and said more.
        if (held?.messageUuid === null) await this.apply(tx, held, messageUuid, { ...held, state: 'accepted' });
      });
    } catch (error) {
      await this.afterFailure(notice, error);
    }
  }

  private async afterFailure(notice: TextNotice, error: unknown): Promise<void> {
    if (error instanceof ProviderRefused) {
      await this.database.transaction((tx) => this.become(tx, notice, 'rejected', `refused-${error.status}`));
      return;
    }
    if (error instanceof ProviderBusy || error instanceof ProviderUnavailable) {
      await this.database.transaction((tx) => this.become(tx, notice, 'pending'));
      throw new RetryLater(error instanceof ProviderBusy ? Math.max(error.retryAfterSeconds, 1) : 5, error.code);
    }
    if (!(error instanceof ProviderOutcomeUnknown)) throw error;
    await this.database.transaction((tx) => this.doubt(tx, notice));
  }

  /** A report may name it yet; else Plivo's list is looked at, and nobody sends it again. */
  private async doubt(tx: Tx, notice: TextNotice): Promise<void> {
    const { id, accountId, sendingAt } = notice;
    const lookUpAt = (sendingAt ?? this.clock.now()) + LOOKS_MS[0];
    if (!(await this.become(tx, notice, 'unknown'))) return;
    await NOTICES.update(tx, { lookUpAt }, 'WHERE id = ?', [id]);
    await this.jobs.enqueue(tx, SETTLE, { accountId }, { runAt: lookUpAt, key: settleKey(accountId), sooner: true });
  }

  private async become(
    tx: Tx,
    { id, accountId, kind }: TextNotice,
    state: 'pending' | 'unknown' | 'rejected',
    reason: string | null = null,
  ): Promise<boolean> {
    const open = "WHERE id = ? AND state IN ('pending', 'sending') AND message_uuid IS NULL";
    const changed = await NOTICES.update(tx, { state, reason, updatedAt: this.clock.now() }, open, [id]);
    if (changed > 0 && state !== 'pending') this.counts.noticed(kind, state);
    if (changed > 0 && state === 'rejected') await this.spend.release(tx, accountId, id);
    return changed > 0;
  }
}

/** Whom it is for has said another word since: who wants no texts is told but that, and that none will come only who wants none. */
async function isAgainstWish(tx: Tx, { accountId, recipientIndex, virtualNumber, kind }: TextNotice): Promise<boolean> {
  const isOut = await isSilent(tx, accountId, { partyIndex: recipientIndex, virtualNumber });
  return isOut !== (kind === 'stopped');
}
