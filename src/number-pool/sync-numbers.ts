import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import { FollowListing, type SyncResult } from './follow-listing.js';
import { ReadListing } from './read-listing.js';

/** Makes an account's pool follow the voice numbers it rents at Plivo. A listing that fails or is not complete changes nothing. */
@Injectable()
export class SyncNumbers {
  constructor(
    private readonly database: Database,
    private readonly readListing: ReadListing,
    private readonly followListing: FollowListing,
  ) {}

  async run(accountId: string): Promise<SyncResult> {
    const listing = await this.readListing.run(accountId);

    return this.database.transaction((tx) => this.followListing.run(tx, { accountId, listing }));
  }
}
