import type { VerifiedWebhook } from '../../plivo/index.js';
import { change, isDuplicate, type Tx } from '../../platform/database/database.js';
import { joinFacts, NOTHING_KNOWN, type LegFacts } from './join-facts.js';
import { noteReceipt } from './note-receipt.js';

export interface Leg extends LegFacts {
  accountId: string;
  legUuid: string;
  callId: string | null;
  sessionId: string | null;
  side: 'A' | 'B';
  role: 'first' | 'second' | null;
}

/**
 * Makes sure the leg's row exists. Both the answer and the hang-up of a call begin with it, whichever comes first: the key makes the later one
 * wait for the earlier and then see what it wrote. Returns whether the row is new.
 */
export async function addLeg(
  tx: Tx,
  leg: Pick<Leg, 'accountId' | 'legUuid' | 'callId' | 'sessionId' | 'side' | 'role'>,
): Promise<boolean> {
  try {
    await tx.query(
      `INSERT INTO call_leg (account_id, leg_uuid, call_id, session_id, side, role, is_answered, is_connected, is_ended)
       VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0)`,
      [leg.accountId, leg.legUuid, leg.callId, leg.sessionId, leg.side, leg.role],
    );
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/**
 * How every webhook of an A leg begins: its receipt, then the leg's row, so that two webhooks of one call wait for each other in the same order. Returns
 * whether this is the first word of the leg.
 */
export async function beginALeg(tx: Tx, webhook: VerifiedWebhook, legUuid: string, now: number): Promise<boolean> {
  await noteReceipt(tx, webhook, now);
  return addLeg(tx, { accountId: webhook.accountId, legUuid, callId: null, sessionId: null, side: 'A', role: null });
}

/** Says to which call an A leg belongs. */
export async function linkLeg(
  tx: Tx,
  leg: Pick<Leg, 'accountId' | 'legUuid' | 'callId' | 'sessionId' | 'role'>,
): Promise<void> {
  await change(tx, 'UPDATE call_leg SET call_id = ?, session_id = ?, role = ? WHERE account_id = ? AND leg_uuid = ?', [
    leg.callId,
    leg.sessionId,
    leg.role,
    leg.accountId,
    leg.legUuid,
  ]);
}

/** Joins new facts into a leg's row and returns the leg before and after. */
export async function noteLegFacts(
  tx: Tx,
  key: { accountId: string; legUuid: string },
  told: Partial<LegFacts>,
  lock: string,
): Promise<{ before: Leg; after: Leg }> {
  const [row] = (await tx.query(`SELECT * FROM call_leg WHERE account_id = ? AND leg_uuid = ? ${lock}`, [
    key.accountId,
    key.legUuid,
  ])) as LegRow[];
  if (!row) throw new Error('the leg was not added before its facts');
  const before = fromRow(row);
  const after = { ...before, ...joinFacts(before, told) };
  await change(
    tx,
    `UPDATE call_leg SET started_at = ?, answered_at = ?, ended_at = ?, is_answered = ?, is_connected = ?, is_ended = ?, duration = ?,
       billed_duration = ?, amount = ?, is_recorded = ?, call_status = ?, hangup_cause = ?, hangup_cause_code = ?, hangup_cause_name = ?, hangup_source = ?
     WHERE account_id = ? AND leg_uuid = ?`,
    [
      after.startedAt,
      after.answeredAt,
      after.endedAt,
      Number(after.isAnswered),
      Number(after.isConnected),
      Number(after.isEnded),
      after.duration,
      after.billedDuration,
      after.amount,
      Number(after.isRecorded),
      after.callStatus,
      after.hangupCause,
      after.hangupCauseCode,
      after.hangupCauseName,
      after.hangupSource,
      key.accountId,
      key.legUuid,
    ],
  );
  return { before, after };
}

/** The legs of a call, A first. */
export async function legsOfCall(tx: Tx, callId: string): Promise<Leg[]> {
  const rows = (await tx.query('SELECT * FROM call_leg WHERE call_id = ? ORDER BY side, leg_uuid', [
    callId,
  ])) as LegRow[];
  return rows.map(fromRow);
}

/** Those of an account's legs with these CallUUIDs. */
export async function legsByUuid(tx: Tx, accountId: string, legUuids: string[]): Promise<Map<string, Leg>> {
  const found = new Map<string, Leg>();
  for (let start = 0; start < legUuids.length; start += LEGS_AT_ONCE) {
    const some = legUuids.slice(start, start + LEGS_AT_ONCE);
    const rows = (await tx.query(
      `SELECT * FROM call_leg WHERE account_id = ? AND leg_uuid IN (${some.map(() => '?').join(', ')})`,
      [accountId, ...some],
    )) as LegRow[];
    for (const row of rows) found.set(String(row.leg_uuid), fromRow(row));
  }
  return found;
}

/** A statement has room for some thousand parameters. */
const LEGS_AT_ONCE = 500;

type LegRow = Record<string, string | number | null>;

function fromRow(row: LegRow): Leg {
  const number = (name: string): number | null =>
    row[name] === null || row[name] === undefined ? null : Number(row[name]);
  const text = (name: string): string | null => (row[name] ?? null) as string | null;
  return {
    ...NOTHING_KNOWN,
    accountId: String(row.account_id),
    legUuid: String(row.leg_uuid),
    callId: text('call_id'),
    sessionId: text('session_id'),
    side: row.side as 'A' | 'B',
    role: row.role as 'first' | 'second' | null,
    startedAt: number('started_at'),
    answeredAt: number('answered_at'),
    endedAt: number('ended_at'),
    isAnswered: Boolean(row.is_answered),
    isConnected: Boolean(row.is_connected),
    isEnded: Boolean(row.is_ended),
    duration: number('duration'),
    billedDuration: number('billed_duration'),
    amount: number('amount'),
    isRecorded: Boolean(row.is_recorded),
    callStatus: text('call_status'),
    hangupCause: text('hangup_cause'),
    hangupCauseCode: number('hangup_cause_code'),
    hangupCauseName: text('hangup_cause_name'),
    hangupSource: text('hangup_source'),
  };
}
