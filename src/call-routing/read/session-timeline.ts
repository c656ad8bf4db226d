import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { isLive, NEVER, type SessionRecord } from '../../sessions/index.js';
import { Database } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import { Clock } from '../../platform/clock.js';
import { whyDecided } from '../facts/call-outcome.js';
import { CALL_REQUESTS, type CallRequest } from '../call-request.entity.js';
import { PIN_FAILURES } from '../pin/pin-failure.entity.js';
import { callsOfSession, type CallWithLegs, type FoundLeg } from './find-calls.js';
import type { PlainCall } from './search-calls.js';

/** Something that happened, or will, in words that name no number. */
export interface TimelineEntry {
  at: number;
  what: string;
  why?: string;
  callId?: string;
  /** Plivo's, of the leg that it is about. */
  callUuid?: string;
}

/** A session without an end may have any number of calls; the newest are told. */
const MOST_CALLS = 200;

const REQUESTS = selection(CALL_REQUESTS.fields());
const WRONG_PINS = selection(PIN_FAILURES.pick(['failedAt']));

/** What happened in a session, when and why, in order: read from the rows of the session, its requested calls, its calls and their legs. */
@Injectable()
export class SessionTimeline {
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  async run(manager: EntityManager, session: SessionRecord): Promise<TimelineEntry[]> {
    const { id: sessionId } = session;
    const requests = await REQUESTS.read(
      manager,
      `FROM call_request WHERE session_id = ? ORDER BY created_at DESC, id DESC LIMIT ${MOST_CALLS}`,
      [sessionId],
    );
    const calls = await callsOfSession(manager, this.database, sessionId, MOST_CALLS);
    const wrongPins = await WRONG_PINS.read(manager, 'FROM pin_failure WHERE session_id = ? ORDER BY id', [sessionId]);
    const entries = [
      ...beginning(session),
      ...leftOut(calls),
      ...requests.toReversed().flatMap(requestEntries),
      ...calls.toReversed().flatMap(callEntries),
      ...wrongPins.map(({ failedAt }) => ({ at: failedAt, what: 'a wrong PIN was entered' })),
      ...ending(session, this.clock.now()),
    ];
    // Stable: what has the same instant stays in the order of telling.
    return entries.sort((one, other) => one.at - other.at);
  }
}

function beginning({ createdAt, modifiedAt, expiresAt }: SessionRecord): TimelineEntry[] {
  const isChanged = modifiedAt > createdAt && modifiedAt !== expiresAt;
  return [
    { at: createdAt, what: 'the session was opened' },
    ...(isChanged ? [{ at: modifiedAt, what: 'the session was last changed or renewed' }] : []),
  ];
}

function ending(session: SessionRecord, now: number): TimelineEntry[] {
  const { expiresAt: at, modifiedAt } = session;
  if (isLive(session, now)) return at >= NEVER ? [] : [{ at, what: 'the session will expire' }];
  // Only an end by request sets both instants, to its own.
  if (modifiedAt === at) return [{ at, what: 'the session was ended', why: 'its end was requested' }];
  return [{ at, what: 'the session expired', why: 'its time was over' }];
}

function leftOut(calls: CallWithLegs[]): TimelineEntry[] {
  const oldest = calls.at(-1);
  if (oldest === undefined || calls.length < MOST_CALLS) return [];
  return [{ at: oldest.call.createdAt, what: `calls before the last ${MOST_CALLS} are left out here` }];
}

const REQUEST_REASONS: Partial<Record<string, string>> = {
  'session-ended': 'the session had ended',
  'too-late': 'Plivo could not be asked in time',
  'no-other-party': 'the session has one party only',
  busy: 'a conversation of the session was on',
  destination:
    "calls to the first party's number are not allowed: not among the account's allowed_countries, or of a kind that is never dialled",
  'spend-cap': "the account's spend cap left no room for the longest possible call",
  'daily-cap': "the account's daily cap of requested calls, or of different phones, was reached",
  unconfirmed:
    'Plivo did not say whether it placed the call and has no record of it; it was not repeated, so that nobody is called twice',
  'provider-busy': 'Plivo had too many requests; it is asked again',
  'provider-unavailable': 'Plivo could not be reached; it is asked again',
  'outcome-unknown':
    'Plivo did not say whether it placed the call; its calls are looked up before anything else is done',
  found: "Plivo did not say so, but the call is among Plivo's calls",
};

function requestEntries({ createdAt, placedAt, status, reason, callUuid }: CallRequest): TimelineEntry[] {
  const requested = { at: createdAt, what: 'a call to the first party was requested' };
  if (status === 'wanted' && placedAt === null) return [requested];
  const about = callUuid === null ? {} : { callUuid };
  return [
    requested,
    { at: placedAt ?? createdAt, what: REQUEST_STATES[status], ...whyRequest(status, reason), ...about },
  ];
}

const REQUEST_STATES: Record<CallRequest['status'], string> = {
  wanted: 'Plivo did not place the requested call yet',
  placing: 'Plivo was asked to place the requested call',
  placed: 'Plivo placed the requested call',
  answered: 'Plivo placed the requested call',
  over: 'Plivo placed the requested call',
  failed: 'the requested call was given up',
};

/** A reason outlives its state where a webhook moved the request on; only what still explains the state is told. */
function whyRequest(status: CallRequest['status'], reason: string | null): { why?: string } {
  if (reason === null || (['placed', 'answered', 'over'].includes(status) && reason !== 'found')) return {};
  const refused = /^refused-([0-9]{3})$/.exec(reason);
  return { why: refused ? `Plivo refused with status ${refused[1]}` : (REQUEST_REASONS[reason] ?? reason) };
}

function callEntries({ call, legs }: CallWithLegs): TimelineEntry[] {
  const { id: callId, createdAt, aLegUuid: callUuid } = call;
  const why = whyDecided(call.decision, call.reason);
  return [
    { at: createdAt, what: whatWasDone(call), ...(why !== null && { why }), callId, callUuid },
    ...legs.flatMap((leg) => legEntries(call, leg)),
  ];
}

function whatWasDone(call: PlainCall): string {
  if (call.reason === 'unanswered') return 'the first party did not answer the requested call';
  const wasAsked = call.promptSessionId !== null && call.decision !== 'ask-pin';
  const asked = wasAsked ? `after ${attempts(call.pinAttempts)} at a PIN ` : '';
  return `${whoCalled(call)}; ${asked}${whatFollowed(call)}`;
}

function whoCalled({ kind, reason, callerRole, promptSessionId }: PlainCall): string {
  if (kind === 'request') return 'the first party answered the requested call';
  if (callerRole === null) return 'somebody called';
  const isRegistered = reason === 'forced' || (reason !== 'open-session' && promptSessionId === null);
  return isRegistered ? `the ${callerRole} party called` : `somebody called as the ${callerRole} party`;
}

function whatFollowed({ decision, callerRole }: PlainCall): string {
  switch (decision) {
    case 'connect':
      return `the ${callerRole === 'first' ? 'second' : 'first'} party was dialled`;
    case 'ask-pin':
      return 'the caller was asked for a PIN';
    case 'play':
      return 'the caller heard the file for unknown callers';
    case 'refuse':
      return 'the caller was refused';
    case 'redirect':
      return "the caller was handed on to the account's unrouted_url";
  }
}

function attempts(count: number): string {
  return count === 1 ? '1 attempt' : `${count} attempts`;
}

function legEntries(call: PlainCall, leg: FoundLeg): TimelineEntry[] {
  const about = { callId: call.id, callUuid: leg.legUuid };
  const who = whoseLeg(call, leg);
  const answeredAt = notBefore(call, leg.answeredAt ?? leg.startedAt ?? call.createdAt);
  const endedAt = notBefore(call, leg.endedAt ?? call.endedAt ?? call.createdAt);
  return [
    // A leg A is answered by us, or is told of by the call itself.
    ...(leg.side === 'B' && leg.isAnswered ? [{ at: answeredAt, what: `${who} answered`, ...about }] : []),
    ...(leg.isEnded ? [{ at: endedAt, what: `the leg of ${who} ended`, why: leg.cause ?? '', ...about }] : []),
  ];
}

function whoseLeg({ kind }: PlainCall, { side, role }: FoundLeg): string {
  if (side === 'B') return `the ${role ?? 'other'} party`;
  return kind === 'request' ? 'the first party' : 'the caller';
}

/** Plivo tells whole seconds, so what came after may seem to have come a moment before. */
function notBefore({ createdAt }: PlainCall, at: number): number {
  return at < createdAt && createdAt - at < 1000 ? createdAt : at;
}
