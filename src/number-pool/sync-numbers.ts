import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Accounts, openAccounts } from '../accounts/index.js';
import { Database } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Config } from '../platform/settings/config.js';
import { FollowListing, type SyncResult } from './follow-listing.js';
import { ReadListing } from './read-listing.js';
import { TellListingNews } from './tell-listing-news.js';

const SYNC = 'number-pool.sync';
/** 10,000 numbers are 500 pages; each may take Plivo's client its 5 s and two repeats, but hardly all of them. */
const LEASE_SECONDS = 600;
/**
 * Tried again after 1, 2, 4 ... minutes, then hourly for as long as it takes: an account that Plivo refuses has one waiting job that tells why,
 * not one more parked job each hour.
 */
const RETRY = { maxAttempts: 1000, retryDelaySeconds: (attempt: number) => Math.min(60 * 2 ** (attempt - 1), 3600) };

/** Makes an account's pool follow the voice numbers it rents at Plivo. A listing that fails or is not complete changes nothing. */
@Injectable()
export class SyncNumbers {
  constructor(
    private readonly database: Database,
    private readonly readListing: ReadListing,
    private readonly followListing: FollowListing,
    private readonly tellNews: TellListingNews,
  ) {}

  async run(accountId: string): Promise<SyncResult> {
    const listing = await this.readListing.run(accountId);

    const { result, news } = await this.database.transaction((tx) =>
      this.followListing.run(tx, { accountId, listing }),
    );

    this.tellNews.run(accountId, news);
    return result;
  }
}

/** Asks for a sync of the numbers of every account that is not disabled, in the background; a sync that already waits is not doubled. */
@Injectable()
export class EnqueueNumberSync implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly accounts: Accounts,
    private readonly syncNumbers: SyncNumbers,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ accountId: string }>(SYNC, { leaseSeconds: LEASE_SECONDS, ...RETRY }, async (payload) => {
      // Deleted since.
      if (!(await this.database.read((manager) => this.accounts.isThere(manager, payload.accountId)))) return;
      await this.syncNumbers.run(payload.accountId);
    });
  }

  async run(): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const accountId of await openAccounts(tx, this.config))
        await this.jobs.enqueue(tx, SYNC, { accountId }, { key: `${SYNC}:${accountId}` });
    });
  }
}
