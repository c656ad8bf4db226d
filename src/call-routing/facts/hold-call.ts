import { lockSession } from '../../sessions/index.js';
import type { Database, Tx } from '../../platform/database/database.js';
import { writeHeld } from '../../platform/database/held-rows.js';
import { selection } from '../../platform/database/rows.js';
import { CALLS } from '../call.entity.js';

const ID = selection(CALLS.pick(['id']));

/**
 * Keeps everybody else from noting facts about a call until the transaction ends, so that two that come at once cannot overlook each other: by its session's
 * row, as all calls of that session, or by its own once an erasure has taken the session away. Whatever is decided on is to be read after it. Returns the
 * session that the call has now.
 */
export async function holdCall(
  tx: Tx,
  database: Database,
  { callId, sessionId }: { callId: string; sessionId: string | null },
): Promise<string | null> {
  if (sessionId !== null && (await lockSession(tx, database, sessionId))) return sessionId;
  await ID.read(tx, `FROM masked_call WHERE id = ? ${database.forUpdate}`, [callId]);
  await writeHeld(tx, 'masked_call', [callId]);
  return null;
}
