import type { Tx } from '../platform/database/database.js';

/** A row of `call_tally`. */
export interface Tally {
  accountId: string;
  aLegUuid: string;
  hour: number;
  virtualNumber: string;
  sessionId: string | null;
  isConnected: boolean;
  talkSeconds: number;
  billedSeconds: number;
  amount: number;
  ownAmount: number;
  minuteFee: number;
}

/** What is counted of some calls of an account, by A leg. */
export async function readTallies(
  tx: Tx,
  accountId: string,
  aLegUuids: string[],
  lock = '',
): Promise<Map<string, Tally>> {
  if (aLegUuids.length === 0) return new Map();
  const rows = (await tx.query(
    `SELECT * FROM call_tally WHERE account_id = ? AND a_leg_uuid IN (${aLegUuids.map(() => '?').join(', ')}) ${lock}`,
    [accountId, ...aLegUuids],
  )) as Record<string, string | number | null>[];
  return new Map(rows.map((row) => [String(row.a_leg_uuid), fromRow(row)]));
}

function fromRow(row: Record<string, string | number | null>): Tally {
  return {
    accountId: String(row.account_id),
    aLegUuid: String(row.a_leg_uuid),
    hour: Number(row.hour),
    virtualNumber: String(row.virtual_number),
    sessionId: row.session_id as string | null,
    isConnected: Boolean(row.is_connected),
    talkSeconds: Number(row.talk_seconds),
    billedSeconds: Number(row.billed_seconds),
    amount: Number(row.amount),
    ownAmount: Number(row.own_amount),
    minuteFee: Number(row.minute_fee),
  };
}
