import type { EntityManager } from 'typeorm';
import { marks, numberOrNull, selection } from '../platform/database/rows.js';
import { parentsOf } from '../accounts/index.js';
import type { LeadsTo } from './lead.js';
import type { Texting } from './texting.js';
import { liveUseOf, type LiveUse } from './live-sessions.js';
import { NUMBERS, type ShownStatus, type VirtualNumber } from './virtual-number.entity.js';

/** A number as operators see it. */
export interface PooledNumber {
  number: string;
  account: string;
  subaccount: string | null;
  /** Whether the subaccount is registered here as one of the account's: if not, nobody is lent the number. Null without one. */
  subaccount_known: boolean | null;
  country: string;
  status: ShownStatus;
  /** Name of the Plivo application that answers it; null for none, and for numbers that Plivo never listed. */
  application: string | null;
  /** Where that application brings calls and hang-ups; null for numbers that Plivo never listed. */
  leads_to: LeadsTo | null;
  /** Whether texts can be passed on over it; null for numbers that Plivo never listed. */
  texts: Texting | null;
  alias: string;
  /** Null in a list until they have been taken for the first time. */
  live_sessions: number | null;
  live_parties: number | null;
  /** When it was last lent to a new session; ISO 8601. */
  last_used_at: string | null;
}

/** Adds to numbers what happens on them; null where that is not known. */
export async function pooledNumbers(
  manager: EntityManager,
  numbers: VirtualNumber[],
  live: ReadonlyMap<number, LiveUse> | null,
): Promise<PooledNumber[]> {
  const ids = numbers.map(({ id }) => id);
  const lastUse = await lastUses(manager, ids);
  const parents = await parentsOf(
    manager,
    numbers.flatMap(({ subaccountId }) => subaccountId ?? []),
  );
  return numbers.map((number) => ({
    number: `+${number.number}`,
    account: number.accountId,
    subaccount: number.subaccountId,
    subaccount_known: number.subaccountId === null ? null : parents.get(number.subaccountId) === number.accountId,
    country: number.country,
    status: number.status === 'active' && number.isElsewhere ? 'elsewhere' : number.status,
    application: number.application,
    leads_to: number.leadsTo,
    texts: number.texts,
    alias: number.alias,
    live_sessions: live && (live.get(number.id)?.sessions ?? 0),
    live_parties: live && (live.get(number.id)?.parties ?? 0),
    last_used_at: lastUse.get(number.id) ?? null,
  }));
}

export async function pooledNumber(manager: EntityManager, number: VirtualNumber, now: number): Promise<PooledNumber> {
  const live = new Map([[number.id, await liveUseOf(manager, number, now)]]);
  const [shown] = await pooledNumbers(manager, [number], live);
  if (!shown) throw new Error('one number in, none out');
  return shown;
}

/** One step into an index for each number; MAX with GROUP BY walks all sessions of each on SQLite. */
const LAST_USE = selection({
  ...NUMBERS.pick(['id'], 'v'),
  at: numberOrNull(`(SELECT s.created_at FROM masking_session s
                      WHERE s.virtual_number = v.number AND s.account_id = v.account_id ORDER BY s.created_at DESC LIMIT 1)`),
});

async function lastUses(manager: EntityManager, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await LAST_USE.read(manager, `FROM virtual_number v WHERE v.id IN (${marks(ids)})`, ids);
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, new Date(at).toISOString()] as const])));
}
