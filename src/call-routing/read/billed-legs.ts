import type { Database, Tx } from '../../platform/database/database.js';
import { marks, selection, type Selected } from '../../platform/database/rows.js';
import { LEGS } from '../call.entity.js';

const BILLED = selection(LEGS.pick(['legUuid', 'endedAt', 'duration', 'billedDuration', 'amount']));

/** What is known of a leg's bill; null where nobody has told. */
export type BilledLeg = Selected<typeof BILLED>;

/** Some legs of an account, by Plivo's CallUUIDs. */
export async function billedLegs(tx: Tx, accountId: string, legUuids: string[]): Promise<Map<string, BilledLeg>> {
  if (legUuids.length === 0) return new Map();
  const legs = await BILLED.read(tx, `FROM call_leg WHERE account_id = ? AND leg_uuid IN (${marks(legUuids)})`, [
    accountId,
    ...legUuids,
  ]);
  return new Map(legs.map((leg) => [leg.legUuid, leg]));
}

/** The next legs of an account that ended within a time, in the order of their ends. */
export function nextBilledLegs(
  tx: Tx,
  database: Database,
  accountId: string,
  { from, to, after, limit }: { from: number; to: number; after: { endedAt: number; legUuid: string }; limit: number },
): Promise<BilledLeg[]> {
  return BILLED.read(
    tx,
    `FROM call_leg ${database.byIndex('call_leg_ended')} WHERE account_id = ? AND ended_at >= ? AND ended_at < ? AND (ended_at > ? OR leg_uuid > ?) AND is_ended = 1
     ORDER BY ended_at, leg_uuid LIMIT ${limit}`,
    [accountId, Math.max(from, after.endedAt), to, after.endedAt, after.legUuid],
  );
}
