import type { Tx } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { CALL_TALLIES, type CallTally } from './stat.entity.js';

const WHOLE = selection(CALL_TALLIES.fields());

/** What is counted of some calls of an account, by A leg. */
export async function readTallies(
  tx: Tx,
  accountId: string,
  aLegUuids: string[],
  lock = '',
): Promise<Map<string, CallTally>> {
  if (aLegUuids.length === 0) return new Map();
  const tallies = await WHOLE.read(
    tx,
    `FROM call_tally WHERE account_id = ? AND a_leg_uuid IN (${marks(aLegUuids)}) ${lock}`,
    [accountId, ...aLegUuids],
  );
  return new Map(tallies.map((tally) => [tally.aLegUuid, tally]));
}
