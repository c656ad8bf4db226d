import type { Tx } from '../platform/database/database.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { SESSIONS } from './session.entity.js';
import type { SessionRecord } from './session-record.js';

/** What statistics need of a session. */
export type OpenedSession = Pick<
  SessionRecord,
  'id' | 'accountId' | 'subaccountId' | 'virtualNumber' | 'createdAt' | 'fee'
>;

const OPENED = selection({
  ...SESSIONS.pick(['id', 'accountId', 'subaccountId', 'virtualNumber', 'createdAt']),
  fee: number('COALESCE(fee, 0)'),
});

/** Some sessions by id, or the next ones in the order of their ids: for walking through all. */
export function nextOpened(
  tx: Tx,
  wanted: { ids: string[] } | { after: string; limit: number },
): Promise<OpenedSession[]> {
  return 'after' in wanted
    ? OPENED.read(tx, `FROM masking_session WHERE id > ? ORDER BY id LIMIT ${wanted.limit}`, [wanted.after])
    : OPENED.read(tx, `FROM masking_session WHERE id IN (${marks(wanted.ids)})`, wanted.ids);
}
