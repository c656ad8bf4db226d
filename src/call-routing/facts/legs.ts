import type { VerifiedWebhook } from '../../plivo/index.js';
import { isDuplicate, late, type Tx } from '../../platform/database/database.js';
import { marks, selection } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import { LEGS, type CallLeg } from '../call.entity.js';
import { joinFacts, type LegFacts } from './join-facts.js';
import { noteReceipt } from './note-receipt.js';

/** Whose leg it is, and of which call. */
type LegPlace = Pick<CallLeg, 'accountId' | 'legUuid' | 'callId' | 'sessionId' | 'subaccountId' | 'side' | 'role'>;

export type Leg = LegPlace & LegFacts;

/** The only place where a leg of which no record has told is read as one that is not recorded. */
const LEG = selection({ ...LEGS.fields(), isRecorded: { ...LEGS.fields().isRecorded, from: Boolean } });

/**
 * Makes sure the leg's row exists. Both the answer and the hang-up of a call begin with it, whichever comes first: the key makes the later one
 * wait for the earlier and then see what it wrote. Returns whether the row is new.
 */
export async function addLeg(tx: Tx, leg: LegPlace): Promise<boolean> {
  const { accountId, legUuid, callId, sessionId, subaccountId, side, role } = leg;
  try {
    await LEGS.insert(tx, {
      accountId,
      legUuid,
      callId,
      sessionId,
      side,
      role,
      isAnswered: false,
      isConnected: false,
      isEnded: false,
      ...ofSubaccount(subaccountId),
    });
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** As `addLeg`, of a leg of which nothing else is known yet. */
export function addALeg(tx: Tx, accountId: string, legUuid: string): Promise<boolean> {
  return addLeg(tx, { accountId, legUuid, callId: null, sessionId: null, subaccountId: null, side: 'A', role: null });
}

/**
 * How every webhook of an A leg begins: its receipt, then the leg's row, so that two webhooks of one call wait for each other in the same order. Returns
 * whether this is the first word of the leg. Refuses a webhook that comes once more and whose leg is gone, because its call was forgotten or erased: what
 * it tells would be counted a second time.
 */
export async function beginALeg(tx: Tx, webhook: VerifiedWebhook, legUuid: string, now: number): Promise<boolean> {
  const isNew = await noteReceipt(tx, webhook, now);
  const isFirstWord = await addALeg(tx, webhook.accountId, legUuid);
  if (isFirstWord && !isNew) throw new NotFound();
  return isFirstWord;
}

/** Says to which call an A leg belongs. */
export async function linkLeg(tx: Tx, leg: Omit<LegPlace, 'side'>): Promise<void> {
  const { accountId, legUuid, callId, sessionId, subaccountId, role } = leg;
  const place = { callId, sessionId, role, ...ofSubaccount(subaccountId) };
  await LEGS.update(late(tx), place, BY_KEY, [accountId, legUuid]);
}

/** Named only where there is one: SQLite writes an index anew of which a column is set, be it to what it was. */
function ofSubaccount(subaccountId: string | null): Partial<Pick<CallLeg, 'subaccountId'>> {
  return subaccountId === null ? {} : { subaccountId };
}

/** Joins new facts into a leg's row and returns the leg before and after. */
export async function noteLegFacts(
  tx: Tx,
  { accountId, legUuid }: { accountId: string; legUuid: string },
  told: Partial<LegFacts>,
  lock: string,
): Promise<{ before: Leg; after: Leg }> {
  const [before] = await LEG.read(tx, `FROM call_leg ${BY_KEY} ${lock}`, [accountId, legUuid]);
  if (!before) throw new Error('the leg was not added before its facts');
  const joined = joinFacts(before, told);
  await LEGS.update(tx, joined, BY_KEY, [accountId, legUuid]);
  return { before, after: { ...before, ...joined } };
}

const BY_KEY = 'WHERE account_id = ? AND leg_uuid = ?';

/** The legs of a call, A first. */
export function legsOfCall(tx: Tx, callId: string): Promise<Leg[]> {
  return LEG.read(tx, 'FROM call_leg WHERE call_id = ? ORDER BY side, leg_uuid', [callId]);
}

/** The legs of these calls; of each call A first, and its B legs as they began. */
export async function legsOfCalls(tx: Tx, callIds: string[]): Promise<Leg[]> {
  if (callIds.length === 0) return [];
  const rest = `FROM call_leg WHERE call_id IN (${marks(callIds)}) ORDER BY side, started_at, leg_uuid`;
  return LEG.read(tx, rest, callIds);
}

/** Those of an account's legs with these CallUUIDs. */
export async function legsByUuid(tx: Tx, accountId: string, legUuids: string[]): Promise<Map<string, Leg>> {
  const found = new Map<string, Leg>();
  for (let start = 0; start < legUuids.length; start += LEGS_AT_ONCE) {
    const some = legUuids.slice(start, start + LEGS_AT_ONCE);
    const rest = `FROM call_leg WHERE account_id = ? AND leg_uuid IN (${marks(some)})`;
    for (const leg of await LEG.read(tx, rest, [accountId, ...some])) found.set(leg.legUuid, leg);
  }
  return found;
}

/** A statement has room for some thousand parameters. */
const LEGS_AT_ONCE = 500;
