import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Accounts, AccountSettings, PlivoAccess, subaccountsAtPlivo, type CallSettings } from '../accounts/index.js';
import { ownerOfNumber } from '../number-pool/index.js';
import { PlivoClient, ProviderBusy, ProviderUnavailable, type MessageRecord } from '../plivo/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { Defer, Jobs } from '../platform/jobs/jobs.js';
import { parseCaller } from '../telephony/phone.js';
import { CountTexts } from './count-texts.js';
import { ReceiveText } from './receive-text.js';
import { SWEEP } from './text-lanes.js';
import { TEXTS } from './text.entity.js';

/** Plivo tries for seven minutes to tell us of a text, by one of its pages for a day. */
export const REACH_MS = 26 * HOUR_MS;
/** Of the twenty listings that Plivo answers in a minute ten are for texts of unknown outcome; there is a sweep every other minute. */
const PAGES_AT_ONCE = 5;
const PAGE = 20;
const AGAIN_SECONDS = 60;

const KNOWN = selection(TEXTS.pick(['messageUuid']));

interface Swept {
  accountId: string;
  /** Set: what came to numbers of this subaccount, which has a token of its own at Plivo. */
  subaccountId?: string;
}

/**
 * Looks in Plivo's list for texts that it could not tell us of. What was written stands nowhere any more; that it was, and what it costs, is taken down and
 * told: `unheard`. Should its words come after all, they are passed on as ever.
 */
@Injectable()
export class SweepTexts implements OnModuleInit {
  /** Where the next sweep goes on; a process that forgets it begins anew. */
  private readonly places = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly accounts: Accounts,
    private readonly accountSettings: AccountSettings,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly receiveText: ReceiveText,
    private readonly counts: CountTexts,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<Swept>(SWEEP, { leaseSeconds: 120 }, (swept) => this.run(swept));
  }

  /** For every account with texts and each of its subaccounts at Plivo; returns for how many. */
  async enqueue(): Promise<number> {
    const all = await this.database.browse(async (manager): Promise<Swept[]> => {
      const accountIds = await this.accounts.ids(manager);
      return [...accountIds.map((accountId) => ({ accountId })), ...(await subaccountsAtPlivo(manager))];
    });
    let swept = 0;
    for (const one of all) {
      if ((await this.accountSettings.of(one.accountId)).texts !== 'on') continue;
      swept += 1;
      await this.database.transaction((tx) =>
        this.jobs.enqueue(tx, SWEEP, { ...one }, { key: `${SWEEP}:${ownerOf(one)}` }),
      );
    }
    return swept;
  }

  async run(swept: Swept): Promise<void> {
    const settings = await this.accountSettings.of(swept.accountId);
    if (settings.texts !== 'on') return;
    const owner = ownerOf(swept);
    let offset = this.places.get(owner) ?? 0;
    for (let pages = 0; pages < PAGES_AT_ONCE; pages += 1) {
      const records = await this.page(swept, offset);
      await this.take(swept.accountId, records, settings);
      offset = records.length < PAGE ? 0 : offset + PAGE;
      if (offset === 0) break;
    }
    this.places.set(owner, offset);
  }

  private async page({ accountId, subaccountId }: Swept, offset: number): Promise<MessageRecord[]> {
    const now = this.clock.now();
    const credentials = await this.plivoAccess.of(accountId, subaccountId);
    try {
      return await this.plivo.findUntoldMessages(credentials, { cameFrom: now - REACH_MS, cameUntil: now, offset });
    } catch (error) {
      if (error instanceof ProviderBusy || error instanceof ProviderUnavailable)
        throw new Defer(AGAIN_SECONDS, 'Plivo cannot be asked for texts that it could not tell of');
      throw error;
    }
  }

  private async take(accountId: string, records: MessageRecord[], settings: CallSettings): Promise<void> {
    if (records.length === 0) return;
    const uuids = records.map(({ messageUuid }) => messageUuid);
    const those = `FROM text_message WHERE account_id = ? AND message_uuid IN (${marks(uuids)})`;
    const rows = await this.database.read((manager) => KNOWN.read(manager, those, [accountId, ...uuids]));
    const known = new Set(rows.map(({ messageUuid }) => messageUuid));
    // What came first is taken first.
    for (const record of records.toReversed()) {
      if (known.has(record.messageUuid) || !(await this.isToPool(accountId, record))) continue;
      const decision = await this.database.transaction((tx) =>
        this.receiveText.unheard(tx, accountId, record, settings),
      );
      if (decision !== null) this.counts.decided(decision);
    }
  }

  /** Other numbers at Plivo are no business of ours. */
  private async isToPool(accountId: string, { to }: MessageRecord): Promise<boolean> {
    const number = parseCaller(to);
    if (number === null) return false;
    return (await this.database.read((manager) => ownerOfNumber(manager, number))) === accountId;
  }
}

function ownerOf({ accountId, subaccountId }: Swept): string {
  return subaccountId ?? accountId;
}
