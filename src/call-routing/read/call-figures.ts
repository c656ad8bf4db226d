import type { Tx } from '../../platform/database/database.js';
import { ifJoined, marks, selection, text, type Selected } from '../../platform/database/rows.js';
import { CALLS, LEGS, type MaskedCall } from '../call.entity.js';

/** What a call comes to, derived from its legs each time: whoever keeps sums can ask again and get the same. */
export interface CallFigures {
  aLegUuid: string;
  /** Null for a leg whose answer was never asked of us. */
  callId: string | null;
  sessionId: string | null;
  /** Of the session, also once that is forgotten; null where it had none. */
  subaccountId: string | null;
  /** Digits of the number that was called, or that we called from; null where nobody told. */
  virtualNumber: string | null;
  /** Null where nothing but its legs is known. */
  kind: MaskedCall['kind'] | null;
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

const A_LEG = selection({
  ...LEGS.pick(['legUuid', 'subaccountId', 'startedAt', 'endedAt', 'billedDuration', 'amount'], 'l'),
  ...ifJoined({
    ...CALLS.pick(['sessionId', 'virtualNumber', 'kind', 'requestId', 'createdAt', 'decision'], 'c'),
    callId: CALLS.pick(['id'], 'c').id,
  }),
});
const B_LEG = selection({
  ...LEGS.pick(['isAnswered', 'answeredAt', 'isEnded', 'duration', 'billedDuration', 'amount']),
  callId: text('call_id'),
});
const LEG_UUID = selection(LEGS.pick(['legUuid']));

/** Of the calls of these A legs that have ended. One account's. */
export async function callFigures(tx: Tx, accountId: string, aLegUuids: string[]): Promise<Map<string, CallFigures>> {
  if (aLegUuids.length === 0) return new Map();
  const rows = await A_LEG.read(
    tx,
    `FROM call_leg l LEFT JOIN masked_call c ON c.account_id = l.account_id AND c.a_leg_uuid = l.leg_uuid
     WHERE l.account_id = ? AND l.leg_uuid IN (${marks(aLegUuids)}) AND l.side = 'A' AND l.is_ended = 1`,
    [accountId, ...aLegUuids],
  );
  const others = await otherLegs(
    tx,
    rows.flatMap(({ callId }) => callId ?? []),
  );
  return new Map(rows.map((row) => [row.legUuid, figuresOf(row, others.get(row.callId ?? '') ?? [])]));
}

/** The next A legs that have ended, in the order of their names: for walking through all of an account's. */
export async function nextEndedLegs(tx: Tx, accountId: string, after: string, limit: number): Promise<string[]> {
  const rows = await LEG_UUID.read(
    tx,
    `FROM call_leg WHERE account_id = ? AND leg_uuid > ? AND side = 'A' AND is_ended = 1 ORDER BY leg_uuid LIMIT ${limit}`,
    [accountId, after],
  );
  return rows.map(({ legUuid }) => legUuid);
}

async function otherLegs(tx: Tx, callIds: string[]): Promise<Map<string, Selected<typeof B_LEG>[]>> {
  const byCall = new Map<string, Selected<typeof B_LEG>[]>();
  if (callIds.length === 0) return byCall;
  const rows = await B_LEG.read(tx, `FROM call_leg WHERE call_id IN (${marks(callIds)}) AND side = 'B'`, callIds);
  for (const row of rows) byCall.set(row.callId, [...(byCall.get(row.callId) ?? []), row]);
  return byCall;
}

function figuresOf(aLeg: Selected<typeof A_LEG>, others: Selected<typeof B_LEG>[]): CallFigures {
  const { legUuid, callId, sessionId, subaccountId, virtualNumber, kind, requestId } = aLeg;
  const answered = others.filter((leg) => leg.isAnswered || leg.answeredAt !== null || (leg.duration ?? 0) > 0);
  return {
    aLegUuid: legUuid,
    callId,
    sessionId,
    subaccountId,
    virtualNumber,
    kind,
    reservedAs: requestId ?? callId,
    startedAt: aLeg.createdAt ?? aLeg.startedAt ?? aLeg.endedAt,
    isConnected: answered.length > 0,
    talkSeconds: Math.max(0, ...answered.map((leg) => leg.duration ?? 0)),
    billedSeconds: sum([aLeg, ...others], (leg) => leg.billedDuration),
    amount: sum([aLeg, ...others], (leg) => leg.amount),
    isPriced: aLeg.amount !== null && others.every((leg) => leg.isEnded && leg.amount !== null),
    isDialled: aLeg.decision === 'connect',
    otherLegs: others.length,
  };
}

function sum<Leg>(legs: Leg[], of: (leg: Leg) => number | null): number {
  return legs.reduce((total, leg) => total + (of(leg) ?? 0), 0);
}
