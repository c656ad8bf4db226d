import type { TextTotals } from '../sessions/index.js';
import type { Tx } from '../platform/database/database.js';
import { marks, number, numberOrNull, selection, text } from '../platform/database/rows.js';

const TOTALS = selection({
  sessionId: text('session_id'),
  texts: number('SUM(texts)'),
  units: number('SUM(text_units)'),
  amount: number('SUM(text_amount)'),
});
const LAST = selection({ sessionId: text('session_id'), at: numberOrNull('MAX(received_at)') });

/** What the texts of some sessions have come to, from the roll-ups; sessions without texts are left out. */
export async function readTextTotals(tx: Tx, sessionIds: string[]): Promise<Map<string, TextTotals>> {
  const those = `session_id IN (${marks(sessionIds)})`;
  const sums = await TOTALS.read(
    tx,
    `FROM session_stat WHERE ${those} AND direction = 'text' GROUP BY session_id`,
    sessionIds,
  );
  if (sums.length === 0) return new Map();
  const last = await LAST.read(tx, `FROM text_tally WHERE ${those} AND is_taken = 1 GROUP BY session_id`, sessionIds);
  const lastOf = new Map(last.map(({ sessionId, at }) => [sessionId, at]));
  return new Map(sums.map(({ sessionId, ...sum }) => [sessionId, { ...sum, lastAt: lastOf.get(sessionId) ?? null }]));
}
