import { v7 } from 'uuid';
import { connectAnswer, createAnswer, getAnswer, SETTINGS } from './bare-answers.mjs';
import { late, together } from './bare-store.mjs';

const SESSION_MS = 3_600_000;
const BUSY_MS = (120 + 3600 + 60) * 1000;
const RECONCILE_MS = (120 + 30) * 1000;
/** As long as the texts that the service stores sealed. */
const SEALED_PARTIES_LENGTH = 145;
const SEALED_ANSWER_LENGTH = 874;
const SEALED_NUMBER_LENGTH = 55;
/** Rows that the service spreads a moment's sums over, of a number and of all. */
const NUMBER_SHARDS = 2;
const ACCOUNT_SHARDS = 8;
const HASH = 'x'.repeat(43);
/** As long as the service's index of a party, and as spread over a B-tree as a hash: the last digits come first. */
const partyIndex = (number) => [...number].toReversed().join('').padEnd(22, '0');

export function* createSession(sql, { authId, body }) {
  const first = body.first_party.slice(1);
  const second = body.second_party.slice(1);
  const [firstIndex, secondIndex] = [partyIndex(first), partyIndex(second)];
  const pair = (first + second).slice(0, 22);
  const now = Date.now();
  yield together(
    [sql.livePair, [pair]],
    [sql.pooledAmong, [first, second].flatMap((number) => [number, number, `10${number.slice(1)}`])],
  );

  const fits = [authId, '1', first, second];
  const chosen = yield [
    sql.chooseNumber,
    [secondIndex, now, firstIndex, now, ...fits].concat(
      [firstIndex, now, secondIndex, now, secondIndex, now, ...fits],
      [authId, '1', 'US', first, second, firstIndex, secondIndex, firstIndex, secondIndex],
    ),
  ];
  const [number] = chosen.sort((left, right) => left.tier - right.tier);
  const id = v7();
  const expiresAt = now + SESSION_MS;
  const parties = [
    [firstIndex, 'first'],
    [secondIndex, 'second'],
  ].sort((left, right) => (left[0] < right[0] ? -1 : 1));
  yield [sql.assignParties, [id, expiresAt, ...parties.flat(), number.id]];

  const row = {
    virtualNumberId: number.id,
    virtualNumber: number.number,
    id,
    accountId: authId,
    subaccountId: null,
    status: 'active',
    parties: JSON.stringify({ first, second, firstPin: null, secondPin: null }).padEnd(SEALED_PARTIES_LENGTH),
    firstIndex,
    secondIndex,
    settings: JSON.stringify(SETTINGS),
    createdAt: now,
    modifiedAt: now,
    expiresAt,
    renewals: 0,
    fee: 0,
    pairIndex: pair,
  };
  yield late(sql.addSession, Object.values(row));
  const quarter = now - (now % 900_000);
  const sums = [0, 0, 0, 0, 0, 0, 1, 0];
  yield late(sql.addToSession, [id, quarter, 'inbound', ...sums, authId, number.number, '']);
  for (const [counted, shards] of [
    [number.number, NUMBER_SHARDS],
    ['', ACCOUNT_SHARDS],
  ]) {
    const shard = sql.isSharded ? Math.floor(Math.random() * shards) : 0;
    const key = [authId, counted, quarter, 'inbound', '', shard];
    yield late(sql.addToNumber, [...key, ...sums]);
  }
  return createAnswer(row, []);
}

export function* getSession(sql, { authId, id }) {
  const rows = yield [sql.session, [id, authId]];
  return getAnswer(rows[0], rows[0].callId === null ? [] : rows);
}

export function* answerCall(sql, { origin, authId, nonce, form }) {
  const now = Date.now();
  const caller = partyIndex(form.From);
  const at = [form.To, authId];
  const [, , [session], [busy]] = yield together(
    [sql.addReceipt, [authId, nonce, HASH, now]],
    [sql.addLeg, [authId, form.CallUUID, null, null, 'A', null, 0, 0, 0]],
    [sql.route, [...at, caller, authId, ...at]],
    [sql.busy, [now, now, ...at, caller]],
  );
  if (busy.isBusy || busy.sessionId !== session.id) throw new Error('expected a session without a call');

  const callId = v7();
  const parties = JSON.parse(session.parties);
  const role = session.firstIndex === caller ? 'first' : 'second';
  const dial = role === 'first' ? parties.second : parties.first;
  const answer = connectAnswer({ origin, authId, session, callId, dial });
  const call = {
    id: callId,
    accountId: authId,
    sessionId: session.id,
    callerRole: role,
    virtualNumberId: session.virtualNumberId,
    virtualNumber: session.virtualNumber,
    kind: 'inbound',
    requestId: null,
    aLegUuid: form.CallUUID,
    promptSessionId: null,
    pinAttempts: 0,
    decision: 'connect',
    reason: 'party',
    answer: answer.padEnd(SEALED_ANSWER_LENGTH),
    createdAt: now,
    outcome: null,
    caller: 'x'.repeat(SEALED_NUMBER_LENGTH),
    callerIndex: caller,
    dialled: 'x'.repeat(SEALED_NUMBER_LENGTH),
    dialledIndex: role === 'first' ? session.secondIndex : session.firstIndex,
    connectedAt: now,
  };
  yield late(sql.addCall, Object.values(call));
  yield late(sql.linkLeg, [callId, session.id, role, authId, form.CallUUID]);
  // The bench's caller is always the second party.
  yield late(sql.addInteraction, [callId, session.id, now, now + BUSY_MS, null, form.CallUUID, 1, 0, 0, 0]);
  const payload = JSON.stringify({ callId });
  yield late(sql.addJob, [v7(), 'calls.reconcile', payload, null, null, 'waiting', now + RECONCILE_MS, 0, now]);
  return answer;
}
