import type { Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { describeNumber, type E164 } from '../telephony/phone.js';
import type { Led } from './listing-changes.js';
import { NUMBERS, type VirtualNumber } from './virtual-number.entity.js';

/** 500 rows are 5,000 parameters: SQLite takes 32,766, MySQL packets stay small. */
const CHUNK = 500;

/** Of a number that Plivo has not listed. */
export const ADDED_BY_HAND = {
  isSynced: false,
  isElsewhere: false,
  application: null,
  leadsTo: null,
  texts: null,
  hasMms: false,
  numberType: null,
  campaignId: null,
} as const;

export interface NewNumber extends Led {
  accountId: string;
  number: E164;
  subaccountId: string | null;
  alias: string;
  isSynced: boolean;
  createdAt: number;
}

/** Adds many numbers in their order. When one of them came in meanwhile the whole transaction runs again. */
export async function insertNumbers(tx: Tx, numbers: NewNumber[]): Promise<void> {
  for (const chunk of chunks(numbers)) await orStartOver(NUMBERS.insert(tx, chunk.map(newVirtualNumber)));
}

/** The row of a number that joins the pool: active, last in pool order. */
function newVirtualNumber(joining: NewNumber): Omit<VirtualNumber, 'id'> {
  const { callingCode, country } = describeNumber(joining.number);
  return { ...joining, callingCode, country, status: 'active', missingSince: null };
}

export function* chunks<T>(items: T[]): Generator<T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
