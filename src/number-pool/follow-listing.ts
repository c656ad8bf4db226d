import { Injectable } from '@nestjs/common';
import { AccountSettings, ownSubaccounts } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { marks } from '../platform/database/rows.js';
import { doubtListing, type Doubt } from './doubt-listing.js';
import { lineHoldersOf } from './find-numbers.js';
import { chunks, insertNumbers } from './insert-numbers.js';
import { personOf, type Person } from '../telephony/identity.js';
import type { E164 } from '../telephony/phone.js';
import { comesHere, type LeadsTo } from './lead.js';
import { liveSessionsOn } from './live-sessions.js';
import { listingChanges, type Led, type ListedNumber, type ListingChanges } from './listing-changes.js';
import { NUMBERS, VirtualNumber } from './virtual-number.entity.js';

export interface SyncResult {
  added: number;
  /** Numbers that were there, of which something is otherwise now. */
  updated: number;
  /** Numbers that an earlier sync brought and Plivo no longer lists; lent to nobody until they are back. */
  missing: string[];
  /** Set where the listing lacks most of the pool and has changed nothing yet: the next one decides. */
  doubted?: true;
}

/** What operators should hear of, beside the result. */
export interface ListingNews {
  /** The account's active numbers by where Plivo leads them; empty where the listing is doubted. */
  leads: Partial<Record<LeadsTo, number>>;
  /** Names of the applications that do not bring calls here, some of them. */
  applications: string[];
  /** Numbers that are lent no more and were until now. */
  leaving: number;
  /** Live sessions on numbers that are not lent; they keep them until their end. */
  liveSessions: number;
  /** Numbers that led elsewhere and lead here again. */
  returning: number;
  /** Numbers that Plivo links to subaccounts that are not registered here, which nobody is lent, and those subaccounts. */
  unclaimed: { numbers: number; subaccounts: string[] };
  doubt: Doubt;
}

const NOTHING = { applications: [], leaving: 0, liveSessions: 0, returning: 0 };
const APPLICATIONS_NAMED = 5;

/** Makes an account's pool agree with what Plivo lists. Numbers that another account has are left to it. */
@Injectable()
export class FollowListing {
  constructor(
    private readonly clock: Clock,
    private readonly settings: AccountSettings,
  ) {}

  async run(
    tx: Tx,
    { accountId, listing: told }: { accountId: string; listing: ListedNumber[] },
  ): Promise<{ result: SyncResult; news: ListingNews }> {
    const pool = await tx.find(VirtualNumber, { where: { accountId }, order: { id: 'ASC' } });
    const listing = asPooled(told, pool);
    const now = this.clock.now();
    const doubt = await doubtListing(tx, { accountId, pool, listing, now });
    if (doubt.verdict === 'first') {
      const result: SyncResult = { added: 0, updated: 0, missing: [], doubted: true };
      return { result, news: { ...NOTHING, leads: {}, unclaimed: { numbers: 0, subaccounts: [] }, doubt } };
    }

    const own = await ownSubaccounts(tx, accountId, [
      ...pool.map(({ subaccountId }) => subaccountId),
      ...listing.map(({ subaccount }) => subaccount),
    ]);
    const changes = listingChanges(pool, listing, own);
    // Two of our accounts may use one account of Plivo's: the first to have a number keeps it.
    const taken = await lineHoldersOf(
      tx,
      changes.joining.map(({ number }) => number),
    );
    const joining = changes.joining.filter(({ number }) => !taken.has(personOf(number)));

    await insertNumbers(
      tx,
      joining.map((number) => ({ ...number, accountId, isSynced: true, createdAt: now })),
    );
    for (const { id, ...linked } of changes.changing) await tx.update(VirtualNumber, { id }, linked);
    await setLeads(tx, changes.leading);
    await setMissing(tx, changes.foundIds, null);
    await setMissing(tx, changes.lostIds, now);
    if (joining.length > 0) this.settings.numbersChanged(accountId);
    const active = activeOf(pool, listing, taken);
    return {
      result: { added: joining.length, updated: changedIds(changes).size, missing: changes.missing },
      news: {
        ...(await this.leadsOf(tx, pool, active, now)),
        leaving: changes.leavingIds.length + joining.filter(({ isElsewhere }) => isElsewhere).length,
        returning: changes.returningIds.length,
        unclaimed: unclaimedOf(pool, active, own),
        doubt,
      },
    };
  }

  private async leadsOf(
    tx: Tx,
    pool: VirtualNumber[],
    active: ListedNumber[],
    now: number,
  ): Promise<Pick<ListingNews, 'leads' | 'applications' | 'liveSessions'>> {
    const leads: ListingNews['leads'] = {};
    for (const { leadsTo } of active) leads[leadsTo] = (leads[leadsTo] ?? 0) + 1;
    const away = active.filter(({ leadsTo }) => !comesHere(leadsTo));
    const numbers = new Set<string>(away.map(({ number }) => number));
    const live = await liveSessionsOn(
      tx,
      pool.filter(({ number }) => numbers.has(number)),
      now,
    );
    const named = active.filter(({ leadsTo }) => leadsTo !== 'here' && leadsTo !== 'hangup-missing');
    return {
      leads,
      applications: [...new Set(named.flatMap(({ application }) => application ?? []))].slice(0, APPLICATIONS_NAMED),
      liveSessions: live,
    };
  }
}

/** Each line once, as the pool spells it: Plivo may list it in the other spelling, or in both. One that the pool has in both is two numbers of old. */
function asPooled(listing: ListedNumber[], pool: VirtualNumber[]): ListedNumber[] {
  const known = new Set<string>(pool.map(({ number }) => number));
  const spelt = new Map(pool.map(({ number }) => [personOf(number as E164), number as E164]));
  const exact = listing.filter(({ number }) => known.has(number));
  const lines = new Set(exact.map(({ number }) => personOf(number)));
  const others = listing.filter(({ number }) => {
    const isNews = !known.has(number) && !lines.has(personOf(number));
    if (isNews) lines.add(personOf(number));
    return isNews;
  });
  const renamed = new Map(others.map((entry) => [entry, spelt.get(personOf(entry.number)) ?? entry.number]));
  return listing.flatMap((entry) => {
    if (known.has(entry.number)) return entry;
    const number = renamed.get(entry);
    return number === undefined ? [] : { ...entry, number };
  });
}

/** What Plivo lists of the account's active numbers, those that join it just now among them. */
function activeOf(pool: VirtualNumber[], listing: ListedNumber[], taken: ReadonlyMap<Person, unknown>): ListedNumber[] {
  const known = new Map(pool.map((row) => [row.number, row]));
  return listing.filter(({ number }) => {
    const row = known.get(number);
    return row ? row.status === 'active' : !taken.has(personOf(number));
  });
}

/** Whom a number added by hand is lent to is the operator's word, not Plivo's. */
function unclaimedOf(
  pool: VirtualNumber[],
  active: ListedNumber[],
  own: ReadonlySet<string>,
): ListingNews['unclaimed'] {
  const byHand = new Set(pool.filter(({ isSynced }) => !isSynced).map(({ number }) => number));
  const theirs = active.flatMap(({ number, subaccount }) =>
    subaccount === null || own.has(subaccount) || byHand.has(number) ? [] : [subaccount],
  );
  return { numbers: theirs.length, subaccounts: [...new Set(theirs)].sort() };
}

/** One statement for all numbers that are led alike: the first look after an upgrade finds something new of each. */
async function setLeads(tx: Tx, leading: ListingChanges['leading']): Promise<void> {
  const alike = new Map<string, { led: Led; ids: number[] }>();
  for (const { id, ...led } of leading) {
    const key = JSON.stringify(led);
    const group = alike.get(key) ?? { led, ids: [] };
    group.ids.push(id);
    alike.set(key, group);
  }
  for (const { led, ids } of alike.values())
    for (const chunk of chunks(ids)) await NUMBERS.update(tx, led, `WHERE id IN (${marks(chunk)})`, chunk);
}

async function setMissing(tx: Tx, ids: number[], missingSince: number | null): Promise<void> {
  for (const chunk of chunks(ids)) await NUMBERS.update(tx, { missingSince }, `WHERE id IN (${marks(chunk)})`, chunk);
}

/** Of which something is otherwise now: its link, its note, where it leads, or that Plivo lists it again. */
function changedIds({ changing, leading, foundIds }: ListingChanges): Set<number> {
  return new Set([...[...changing, ...leading].map(({ id }) => id), ...foundIds]);
}
