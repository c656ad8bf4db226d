import { Injectable } from '@nestjs/common';
import { ownSubaccounts } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { marks } from '../platform/database/rows.js';
import { doubtListing, type Doubt } from './doubt-listing.js';
import { holdersOf } from './find-numbers.js';
import { chunks, insertNumbers } from './insert-numbers.js';
import { liveUse } from './live-sessions.js';
import { listingChanges, type ListedNumber } from './listing-changes.js';
import { NUMBERS, VirtualNumber } from './virtual-number.entity.js';

export interface SyncResult {
  added: number;
  updated: number;
  /** Numbers that an earlier sync brought and Plivo no longer lists; lent to nobody until they are back. */
  missing: string[];
  /** Set where the listing lacks most of the pool and has changed nothing yet: the next one decides. */
  doubted?: true;
}

/** What operators should hear of, beside the result. */
export interface ListingNews {
  /** Numbers that lead elsewhere and were not known to. */
  leaving: number;
  /** Live sessions on them, which keep them until their end. */
  liveSessions: number;
  /** Numbers that led elsewhere and lead here again. */
  returning: number;
  doubt: Doubt;
}

/** Makes an account's pool agree with what Plivo lists. Numbers that another account has are left to it. */
@Injectable()
export class FollowListing {
  constructor(private readonly clock: Clock) {}

  async run(
    tx: Tx,
    { accountId, listing }: { accountId: string; listing: ListedNumber[] },
  ): Promise<{ result: SyncResult; news: ListingNews }> {
    const pool = await tx.find(VirtualNumber, { where: { accountId }, order: { id: 'ASC' } });
    const now = this.clock.now();
    const doubt = await doubtListing(tx, { accountId, pool, listing, now });
    if (doubt.verdict === 'first') {
      const result: SyncResult = { added: 0, updated: 0, missing: [], doubted: true };
      return { result, news: { leaving: 0, liveSessions: 0, returning: 0, doubt } };
    }

    const own = await ownSubaccounts(
      tx,
      accountId,
      pool.map(({ subaccountId }) => subaccountId),
    );
    const changes = listingChanges(pool, listing, own);
    // Two of our accounts may use one account of Plivo's: the first to have a number keeps it.
    const taken = await holdersOf(
      tx,
      changes.joining.map(({ number }) => number),
    );
    const joining = changes.joining.filter(({ number }) => !taken.has(number));

    await insertNumbers(
      tx,
      joining.map((number) => ({ ...number, accountId, isSynced: true, createdAt: now })),
    );
    for (const { id, ...linked } of changes.changing) await tx.update(VirtualNumber, { id }, linked);
    for (const { id, ...led } of changes.leading) await tx.update(VirtualNumber, { id }, led);
    await setMissing(tx, changes.foundIds, null);
    await setMissing(tx, changes.lostIds, now);
    const live = await liveUse(tx, changes.leavingIds, now);
    return {
      result: { added: joining.length, updated: changes.changing.length, missing: changes.missing },
      news: {
        leaving: changes.leavingIds.length + joining.filter(({ isElsewhere }) => isElsewhere).length,
        liveSessions: [...live.values()].reduce((sum, { sessions }) => sum + sessions, 0),
        returning: changes.returningIds.length,
        doubt,
      },
    };
  }
}

async function setMissing(tx: Tx, ids: number[], missingSince: number | null): Promise<void> {
  for (const chunk of chunks(ids)) await NUMBERS.update(tx, { missingSince }, `WHERE id IN (${marks(chunk)})`, chunk);
}
