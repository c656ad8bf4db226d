import type { Tx } from '../../platform/database/database.js';

/** What a call comes to, derived from its legs each time: whoever keeps sums can ask again and get the same. */
export interface CallFigures {
  aLegUuid: string;
  /** Null for a leg whose answer was never asked of us. */
  callId: string | null;
  sessionId: string | null;
  /** The requested call that this is, otherwise the call: under which the cost of it was reserved. */
  reservedAs: string | null;
  /** When it began; null where neither we nor Plivo said. */
  startedAt: number | null;
  /** Whether the other party picked up. */
  isConnected: boolean;
  /** From the other party's answer to its hang-up. */
  talkSeconds: number;
  /** All legs. */
  billedSeconds: number;
  amount: number;
  /** Every known leg has ended and has its price. */
  isPriced: boolean;
  /** Whether somebody was dialled, so that another leg may still become known. */
  isDialled: boolean;
  otherLegs: number;
}

interface ALegRow {
  leg_uuid: string;
  started_at: number | null;
  ended_at: number | null;
  billed_duration: number | null;
  amount: number | null;
  call_id: string | null;
  session_id: string | null;
  request_id: string | null;
  created_at: number | null;
  decision: string | null;
}

interface BLegRow {
  call_id: string;
  is_answered: number;
  answered_at: number | null;
  is_ended: number;
  duration: number | null;
  billed_duration: number | null;
  amount: number | null;
}

/** Of the calls of these A legs that have ended. One account's. */
export async function callFigures(tx: Tx, accountId: string, aLegUuids: string[]): Promise<Map<string, CallFigures>> {
  if (aLegUuids.length === 0) return new Map();
  const rows = (await tx.query(
    `SELECT l.leg_uuid, l.started_at, l.ended_at, l.billed_duration, l.amount, c.id AS call_id, c.session_id, c.request_id, c.created_at, c.decision
     FROM call_leg l LEFT JOIN masked_call c ON c.account_id = l.account_id AND c.a_leg_uuid = l.leg_uuid
     WHERE l.account_id = ? AND l.leg_uuid IN (${marks(aLegUuids)}) AND l.side = 'A' AND l.is_ended = 1`,
    [accountId, ...aLegUuids],
  )) as ALegRow[];
  const others = await otherLegs(
    tx,
    rows.flatMap(({ call_id: callId }) => callId ?? []),
  );
  return new Map(rows.map((row) => [row.leg_uuid, figuresOf(row, others.get(row.call_id ?? '') ?? [])]));
}

/** The next A legs that have ended, in the order of their names: for walking through all of an account's. */
export async function nextEndedLegs(tx: Tx, accountId: string, after: string, limit: number): Promise<string[]> {
  const rows = (await tx.query(
    `SELECT leg_uuid, side, is_ended FROM call_leg WHERE account_id = ? AND leg_uuid > ? AND side = 'A' AND is_ended = 1 ORDER BY leg_uuid LIMIT ${limit}`,
    [accountId, after],
  )) as { leg_uuid: string }[];
  return rows.map((row) => row.leg_uuid);
}

async function otherLegs(tx: Tx, callIds: string[]): Promise<Map<string, BLegRow[]>> {
  const byCall = new Map<string, BLegRow[]>();
  if (callIds.length === 0) return byCall;
  const rows = (await tx.query(
    `SELECT call_id, is_answered, answered_at, is_ended, duration, billed_duration, amount FROM call_leg
     WHERE call_id IN (${marks(callIds)}) AND side = 'B'`,
    callIds,
  )) as BLegRow[];
  for (const row of rows) byCall.set(row.call_id, [...(byCall.get(row.call_id) ?? []), row]);
  return byCall;
}

function figuresOf(row: ALegRow, others: BLegRow[]): CallFigures {
  const began = row.created_at ?? row.started_at ?? row.ended_at;
  const answered = others.filter(
    (leg) => Boolean(leg.is_answered) || leg.answered_at !== null || Number(leg.duration ?? 0) > 0,
  );
  return {
    aLegUuid: row.leg_uuid,
    callId: row.call_id,
    sessionId: row.session_id,
    reservedAs: row.request_id ?? row.call_id,
    startedAt: began === null ? null : Number(began),
    isConnected: answered.length > 0,
    talkSeconds: Math.max(0, ...answered.map((leg) => Number(leg.duration ?? 0))),
    billedSeconds: sum([row, ...others], (leg) => leg.billed_duration),
    amount: sum([row, ...others], (leg) => leg.amount),
    isPriced: row.amount !== null && others.every((leg) => Boolean(leg.is_ended) && leg.amount !== null),
    isDialled: row.decision === 'connect',
    otherLegs: others.length,
  };
}

function sum<Leg>(legs: Leg[], of: (leg: Leg) => number | null): number {
  return legs.reduce((total, leg) => total + Number(of(leg) ?? 0), 0);
}

function marks(values: unknown[]): string {
  return values.map(() => '?').join(', ');
}
