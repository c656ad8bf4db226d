import { change, type Tx } from '../platform/database/database.js';
import { orStartOver } from '../platform/database/key-races.js';
import { selection } from '../platform/database/rows.js';
import { DOUBTED_LISTINGS, type DoubtedListing } from './doubted-listing.entity.js';
import type { ListedNumber } from './listing-changes.js';
import type { VirtualNumber } from './virtual-number.entity.js';

/** `first`: changes nothing yet. `confirmed`: the one before lacked the same, so it is believed. */
export interface Doubt {
  verdict: 'none' | 'first' | 'confirmed';
  /** What is lacking: most of the numbers, or of the applications of those that led here. */
  reason: DoubtedListing['reason'];
  /** Numbers that are known, or that led here, and those of them that still are there, or still have an application. */
  known: number;
  found: number;
}

const EARLIER = selection(DOUBTED_LISTINGS.pick(['reason']));

/**
 * A listing with fewer than half of the numbers that Plivo listed before is more often Plivo's trouble, or credentials of another account, than
 * the truth; believed at once it would take a whole pool out of service. So would a list of applications that is empty, or numbers without their
 * applications. The doubt is a row, so that it outlives a restart and whichever process looks next.
 */
export async function doubtListing(
  tx: Tx,
  { accountId, pool, listing, now }: { accountId: string; pool: VirtualNumber[]; listing: ListedNumber[]; now: number },
): Promise<Doubt> {
  const shortage = shortageOf(pool, listing);
  const { reason } = shortage;
  const isShort = shortage.found * 2 < shortage.known;
  const [earlier] = await EARLIER.read(tx, 'FROM doubted_listing WHERE account_id = ?', [accountId]);
  const isConfirmed = isShort && earlier?.reason === reason;

  if (earlier) await change(tx, 'DELETE FROM doubted_listing WHERE account_id = ?', [accountId]);
  if (isShort && !isConfirmed) await orStartOver(DOUBTED_LISTINGS.insert(tx, { accountId, at: now, reason }));
  if (!isShort) return { verdict: 'none', ...shortage };
  return { verdict: isConfirmed ? 'confirmed' : 'first', ...shortage };
}

/** Of numbers if they are short, else of applications, which says nothing of numbers that the listing lacks. */
function shortageOf(pool: VirtualNumber[], listing: ListedNumber[]): Omit<Doubt, 'verdict'> {
  const listed = new Map<string, ListedNumber>(listing.map((entry) => [entry.number, entry]));
  const known = pool.filter(({ isSynced, missingSince }) => isSynced && missingSince === null);
  const found = known.filter(({ number }) => listed.has(number));
  if (found.length * 2 < known.length) return { reason: 'numbers', known: known.length, found: found.length };

  const led = pool.flatMap((row) => {
    const entry = listed.get(row.number);
    return entry && isLedHere(row) ? [entry] : [];
  });
  const answered = led.filter(({ leadsTo }) => leadsTo !== 'application-unknown' && leadsTo !== 'no-application');
  return { reason: 'applications', known: led.length, found: answered.length };
}

/** As far as Plivo has told: a number added by hand that it has never listed has no application to lose. */
function isLedHere({ isElsewhere, leadsTo, application }: VirtualNumber): boolean {
  return !isElsewhere && (leadsTo !== null || application !== null);
}
