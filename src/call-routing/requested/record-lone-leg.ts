import { hangupXml } from '../../plivo/index.js';
import { openInteraction, type SessionRecord, type SessionRecords } from '../../sessions/index.js';
import type { Crypto } from '../../platform/crypto/crypto.js';
import type { Tx } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { newId } from '../../platform/ids.js';
import type { E164 } from '../../telephony/phone.js';
import { linkLeg } from '../facts/legs.js';
import { answerPlace, callerPlace, CALLS, dialledPlace } from '../call.entity.js';
import { rungParty, type RungParty } from './rung-party.js';

interface Keepers {
  crypto: Crypto;
  records: SessionRecords;
}

export interface LoneRequest {
  accountId: string;
  sessionId: string;
  requestId: string;
  placedAt: number | null;
  /** Whom Plivo was asked to ring, where that is known. */
  rung: E164 | null;
  /** The request's; null when it is no more. */
  session: SessionRecord | null;
}

/**
 * Keeps a requested call that came no further than its first party, whose leg is there already, as a conversation of one leg: the customer sees it and
 * Plivo may bill it. `to`: whom Plivo says that it has called. Returns its id.
 */
export async function recordLoneLeg(
  tx: Tx,
  { crypto, records }: Keepers,
  request: LoneRequest,
  told: { legUuid: string; to: string; reason: 'unanswered' | 'answer-lost'; startedAt: number | null; now: number },
): Promise<string> {
  const { accountId, sessionId, requestId, placedAt, rung, session } = request;
  const { legUuid, to, reason, startedAt, now } = told;
  const callId = newId();
  const place = { callId, accountId };
  await CALLS.insert(tx, {
    id: callId,
    accountId,
    sessionId,
    kind: 'request',
    requestId,
    aLegUuid: legUuid,
    callerRole: 'first',
    pinAttempts: 0,
    decision: 'refuse',
    reason,
    answer: crypto.seal(answerPlace(place), hangupXml()),
    createdAt: now,
    ...(session && peopleOf(place, { session, rung: rungParty(session, { to, placedAt, rung }) }, { crypto, records })),
  });
  const subaccountId = session?.subaccountId ?? null;
  await linkLeg(tx, { accountId, legUuid, callId, sessionId, subaccountId, role: 'first' });
  await openInteraction(tx, {
    id: callId,
    sessionId,
    startedAt: startedAt ?? now,
    busyUntil: now,
    role: 'first',
    legUuid,
  });
  return callId;
}

/** Whom we called, and whom they were to talk with. */
function peopleOf(
  place: { callId: string; accountId: string },
  { session, rung }: { session: SessionRecord; rung: RungParty },
  { crypto, records }: Keepers,
) {
  const { parties, secondIndex, virtualNumberId, virtualNumber } = session;
  return {
    virtualNumberId,
    virtualNumber,
    caller: rung.number === null ? null : crypto.seal(callerPlace(place), rung.number),
    callerIndex: records.partyIndex(place.accountId, rung.number),
    dialled: parties.second === null ? null : crypto.seal(dialledPlace(place), parties.second),
    dialledIndex: secondIndex,
  };
}

/** Whether the leg is a call's already, so that no other call may be made of it. */
export async function isKnownCall(tx: Tx, accountId: string, legUuid: string): Promise<boolean> {
  const rest = 'FROM masked_call WHERE account_id = ? AND a_leg_uuid = ?';
  return (await CALL_ID.read(tx, rest, [accountId, legUuid])).length > 0;
}

const CALL_ID = selection(CALLS.pick(['id']));
