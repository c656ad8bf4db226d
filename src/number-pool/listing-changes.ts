import type { E164 } from '../telephony/phone.js';
import { comesHere, type LeadsTo } from './lead.js';
import type { Texting } from './texting.js';
import { ALIAS_LENGTH, APPLICATION_LENGTH, NUMBER_TYPE_LENGTH, type VirtualNumber } from './virtual-number.entity.js';

/** A voice number as Plivo lists it. */
export interface ListedNumber {
  number: E164;
  alias: string | null;
  subaccount: string | null;
  leadsTo: LeadsTo;
  /** Name of its application. */
  application: string | null;
  texts: Texting;
  hasMms: boolean;
  /** Plivo's word. */
  type: string | null;
  campaignId: string | null;
}

export type Linked = Pick<VirtualNumber, 'subaccountId' | 'alias'>;
/** What Plivo alone knows of a number. */
export type Led = Pick<
  VirtualNumber,
  'isElsewhere' | 'application' | 'leadsTo' | 'texts' | 'hasMms' | 'numberType' | 'campaignId'
>;

const UNLINKED: Linked = { subaccountId: null, alias: '' };

export interface ListingChanges {
  joining: (Linked & Led & { number: E164 })[];
  changing: (Linked & { id: number })[];
  /** Numbers whose application is another than before, or leads somewhere else than before, or that can do with texts what they could not. */
  leading: (Led & { id: number })[];
  /** Those of them that turn away from here, and those that come back. */
  leavingIds: number[];
  returningIds: number[];
  /** Numbers that are back, and numbers not found for the first time. */
  foundIds: number[];
  lostIds: number[];
  /** All that the listing lacks now. */
  missing: string[];
}

/**
 * What a complete listing changes in an account's pool. Numbers added by hand are the operator's: they neither change nor go missing, but
 * where Plivo lists one, its application says whether it can be lent.
 * Plivo's subaccount holds even when we do not know it, so that such a number is never lent to the main account's sessions; where Plivo names
 * none, a link to one of our own subaccounts stays, because only the operator can have made it.
 */
export function listingChanges(
  pool: VirtualNumber[],
  listing: ListedNumber[],
  ownSubaccounts: ReadonlySet<string>,
): ListingChanges {
  const known = new Map(pool.map((number) => [number.number, number]));
  const listed = new Set<string>();
  const changes: ListingChanges = {
    joining: [],
    changing: [],
    leading: [],
    leavingIds: [],
    returningIds: [],
    foundIds: [],
    lostIds: [],
    missing: [],
  };

  for (const entry of listing) {
    const { number } = entry;
    listed.add(number);
    const row = known.get(number);
    if (!row) changes.joining.push({ number, ...linkedAs(entry, UNLINKED, ownSubaccounts), ...ledAs(entry) });
    if (row) followLead(changes, row, ledAs(entry));
    if (!row?.isSynced) continue;
    const linked = linkedAs(entry, row, ownSubaccounts);
    if (linked.subaccountId !== row.subaccountId || linked.alias !== row.alias)
      changes.changing.push({ id: row.id, ...linked });
    if (row.missingSince !== null) changes.foundIds.push(row.id);
  }
  for (const row of pool.filter(({ isSynced, number }) => isSynced && !listed.has(number))) {
    changes.missing.push(`+${row.number}`);
    if (row.missingSince === null) changes.lostIds.push(row.id);
  }
  return changes;
}

function followLead(changes: ListingChanges, row: VirtualNumber, led: Led): void {
  const names = Object.keys(led) as (keyof Led)[];
  if (names.every((name) => led[name] === row[name])) return;
  changes.leading.push({ id: row.id, ...led });
  if (led.isElsewhere && !row.isElsewhere) changes.leavingIds.push(row.id);
  if (!led.isElsewhere && row.isElsewhere) changes.returningIds.push(row.id);
}

function ledAs({ leadsTo, application, texts, hasMms, type, campaignId }: ListedNumber): Led {
  const name = application && [...application].slice(0, APPLICATION_LENGTH).join('');
  const numberType = type && type.slice(0, NUMBER_TYPE_LENGTH);
  return { isElsewhere: !comesHere(leadsTo), application: name, leadsTo, texts, hasMms, numberType, campaignId };
}

function linkedAs({ subaccount, alias }: ListedNumber, before: Linked, ownSubaccounts: ReadonlySet<string>): Linked {
  const isOwnLink = before.subaccountId !== null && ownSubaccounts.has(before.subaccountId);
  return {
    subaccountId: subaccount ?? (isOwnLink ? before.subaccountId : null),
    alias: [...(alias ?? '')].slice(0, ALIAS_LENGTH).join('') || before.alias,
  };
}
