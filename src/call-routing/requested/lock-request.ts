import type { Database, Tx } from '../../platform/database/database.js';
import { selection, type Selected } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import { CALL_REQUESTS } from '../call-request.entity.js';

const HELD = selection(
  CALL_REQUESTS.pick(['id', 'accountId', 'sessionId', 'callUuid', 'status', 'placedAt', 'pendingUntil', 'rung']),
);

/** Keeps the request from being changed by anybody else until the transaction ends. Refuses one that the account does not have. */
export async function lockRequest(
  tx: Tx,
  database: Database,
  accountId: string,
  requestId: string,
): Promise<Selected<typeof HELD>> {
  const [request] = await HELD.read(tx, `FROM call_request WHERE id = ? AND account_id = ? ${database.forUpdate}`, [
    requestId,
    accountId,
  ]);
  if (!request) throw new NotFound();
  return request;
}
