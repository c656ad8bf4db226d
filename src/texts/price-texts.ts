import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Accounts, PlivoAccess } from '../accounts/index.js';
import { subaccountOfNumber } from '../number-pool/index.js';
import {
  isShownAs,
  PlivoClient,
  ProviderBusy,
  ProviderRefused,
  ProviderUnavailable,
  type MessageRecord,
} from '../plivo/index.js';
import { Clock, DAY_MS, HOUR_MS } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { Defer, Jobs } from '../platform/jobs/jobs.js';
import type { E164 } from '../telephony/phone.js';
import { SendNotices } from './send-notices.js';
import { pricedBy } from './join-reports.js';
import { SettleForwards } from './settle-forwards.js';
import { PRICE } from './text-lanes.js';
import { TextFigured } from './texts.events.js';
import { NOTICES } from './text-notice.entity.js';
import { FORWARDS, TEXTS } from './text.entity.js';

/** One request a second on the average: texts that are being sent, and calls, come first. */
const AT_ONCE = 10;
const BETWEEN_MS = 10_000;
/** A record that is not there is looked for again; one that has not come by then never will. */
const AGAIN_MS = 6 * HOUR_MS;
const GIVEN_UP_MS = 2 * DAY_MS;

const RECEIVED = selection(TEXTS.pick(['id', 'accountId', 'messageUuid', 'virtualNumber', 'receivedAt', 'priceAt']));
const SENT = selection(FORWARDS.pick(['id', 'accountId', 'messageUuid', 'virtualNumber', 'createdAt', 'priceAt']));
const SAID = selection(NOTICES.pick(['id', 'accountId', 'messageUuid', 'virtualNumber', 'createdAt', 'priceAt']));
const PRICED = selection(TEXTS.pick(['accountId', 'virtualNumber', 'amount', 'carrierFee', 'priceAt', 'isHint']));

interface Leg {
  kind: 'received' | 'sent' | 'said';
  id: string;
  messageUuid: string;
  virtualNumber: string | null;
  begunAt: number;
}

/**
 * Reads Plivo's records of texts some time after they have come to their end, once each: what carriers charge is told there alone, and what a lost report would
 * have told. The record has the last word about a price.
 */
@Injectable()
export class PriceTexts implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly events: Events,
    private readonly accounts: Accounts,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly settleForwards: SettleForwards,
    private readonly sendNotices: SendNotices,
  ) {}

  onModuleInit(): void {
    const options = { leaseSeconds: 120, maxAttempts: Number.MAX_SAFE_INTEGER };
    this.jobs.handle<{ accountId: string }>(PRICE, options, ({ accountId }) => this.run(accountId));
  }

  /** For every account that has texts of which the price is due; returns for how many. */
  async enqueue(): Promise<number> {
    const now = this.clock.now();
    let due = 0;
    for (const accountId of await this.database.read((manager) => this.accounts.ids(manager))) {
      if ((await this.due(accountId, now, 1)).length === 0) continue;
      due += 1;
      await this.database.transaction((tx) =>
        this.jobs.enqueue(tx, PRICE, { accountId }, { key: `${PRICE}:${accountId}` }),
      );
    }
    return due;
  }

  async run(accountId: string): Promise<void> {
    const legs = await this.due(accountId, this.clock.now(), AT_ONCE);
    for (const leg of legs) {
      const record = await this.record(accountId, leg);
      await this.database.transaction((tx) => this.price(tx, leg, record));
    }
    if (legs.length === AT_ONCE) throw new Defer(BETWEEN_MS / 1000, 'others have their turn');
  }

  /** The legs that have waited longest. */
  private due(accountId: string, until: number, limit: number): Promise<Leg[]> {
    return this.database.read(async (manager) => {
      const rest = `WHERE account_id = ? AND price_at <= ? ORDER BY price_at LIMIT ${limit}`;
      const received = await RECEIVED.read(manager, `FROM text_message ${rest}`, [accountId, until]);
      const sent = await SENT.read(manager, `FROM text_forward ${rest}`, [accountId, until]);
      const said = await SAID.read(manager, `FROM text_notice ${rest}`, [accountId, until]);
      const legs = [
        ...received.map((leg) => ({ ...leg, kind: 'received' as const, begunAt: leg.receivedAt })),
        ...sent.map((leg) => ({ ...leg, kind: 'sent' as const, begunAt: leg.createdAt })),
        ...said.map((leg) => ({ ...leg, kind: 'said' as const, begunAt: leg.createdAt })),
      ].sort((one, other) => (one.priceAt ?? 0) - (other.priceAt ?? 0));
      return legs.slice(0, limit).map((leg) => ({ ...leg, messageUuid: leg.messageUuid ?? '' }));
    });
  }

  /** Null where there is none. What Plivo refuses to show is not asked for for ever. */
  private async record(accountId: string, { messageUuid, virtualNumber }: Leg): Promise<MessageRecord | null> {
    const subaccount =
      virtualNumber === null
        ? null
        : await this.database.read((manager) => subaccountOfNumber(manager, accountId, virtualNumber as E164));
    try {
      return await this.plivo.getMessage(await this.plivoAccess.of(accountId, subaccount), messageUuid);
    } catch (error) {
      if (error instanceof ProviderBusy || error instanceof ProviderUnavailable)
        throw new Defer(60, 'Plivo cannot be asked for prices of texts');
      if (error instanceof ProviderRefused) return null;
      throw error;
    }
  }

  private async price(tx: Tx, leg: Leg, record: MessageRecord | null): Promise<void> {
    const now = this.clock.now();
    const priceAt = record === null && now < leg.begunAt + GIVEN_UP_MS ? now + AGAIN_MS : null;
    if (leg.kind === 'said') return this.sendNotices.price(tx, leg.id, record, priceAt);
    if (leg.kind === 'sent') return this.priceSent(tx, leg.id, record, priceAt);
    return this.priceReceived(tx, leg.id, record, priceAt);
  }

  private async priceReceived(tx: Tx, id: string, record: MessageRecord | null, priceAt: number | null): Promise<void> {
    const [text] = await PRICED.read(tx, `FROM text_message WHERE id = ? ${this.database.forUpdate}`, [id]);
    if (!text || text.priceAt === null) return;
    const isOurs = record !== null && isReceivedBy(record, text.virtualNumber);
    // What V2 alone has told of and nobody could confirm in time: it went nowhere, and is on the bill all the same if Plivo knows of it.
    if (record === null || (text.isHint && !isOurs))
      return void (await TEXTS.update(tx, { priceAt }, 'WHERE id = ?', [id]));
    const amount = record.amountMicros ?? text.amount;
    const carrierFee = record.carrierFeeMicros ?? text.carrierFee;
    await TEXTS.update(tx, { amount, carrierFee, priceAt, isHint: false }, 'WHERE id = ?', [id]);
    await this.events.publish(tx, new TextFigured(text.accountId, id));
  }

  private async priceSent(tx: Tx, id: string, record: MessageRecord | null, priceAt: number | null): Promise<void> {
    const forward = await this.settleForwards.hold(tx, id);
    if (!forward?.messageUuid || forward.priceAt === null) return;
    const { messageUuid } = forward;
    const carrierFee = record?.carrierFeeMicros ?? forward.carrierFee;
    if (record) await this.settleForwards.apply(tx, forward, messageUuid, pricedBy(forward, record));
    await FORWARDS.update(tx, { carrierFee, priceAt }, 'WHERE id = ?', [id]);
    if (record) await this.settleForwards.figured(tx, forward);
  }
}

function isReceivedBy({ direction, to }: MessageRecord, virtualNumber: string | null): boolean {
  return direction === 'inbound' && virtualNumber !== null && isShownAs(to, virtualNumber as E164);
}
