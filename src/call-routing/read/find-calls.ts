import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts } from '../../accounts/index.js';
import { virtualNumbersOf } from '../../sessions/index.js';
import { Database } from '../../platform/database/database.js';
import { marks, selection } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import { legsOfCalls, type Leg } from '../facts/legs.js';
import { legInWords, outcomeOf, type CallOutcome } from '../facts/call-outcome.js';
import { CALLS, LEGS, type MaskedCall } from '../call.entity.js';

/** A call without what is sealed in it: no number of a caller, no answer. */
export type PlainCall = Omit<
  MaskedCall,
  'caller' | 'dialled' | 'callerIndex' | 'dialledIndex' | 'answer' | 'outcome' | 'connectedAt' | 'reconciledAt'
>;

export type FoundLeg = Leg & ReturnType<typeof legInWords>;

export interface FoundCall extends CallOutcome {
  call: PlainCall;
  /** A first. */
  legs: FoundLeg[];
  /** Digits; null where what was called is no number. */
  virtualNumber: string | null;
}

export interface CallSearch {
  /** Calls of this session, and calls that heard its PIN prompt and came to no session. */
  sessionId?: string | undefined;
  /** First instant. */
  from?: number | undefined;
  /** The instant after the last. */
  to?: number | undefined;
  /** The last call of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

const COLUMNS = [
  'id',
  'accountId',
  'sessionId',
  'promptSessionId',
  'virtualNumberId',
  'virtualNumber',
  'kind',
  'requestId',
  'aLegUuid',
  'callerRole',
  'pinAttempts',
  'decision',
  'reason',
  'createdAt',
  'endedAt',
  'dialStatus',
] as const satisfies (keyof PlainCall)[];

const CALL = selection(CALLS.pick(COLUMNS));
const CALL_OF_LEG = selection(LEGS.pick(['callId']));

/** Calls with their legs, newest first. */
@Injectable()
export class FindCalls {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
  ) {}

  run(search: CallSearch): Promise<FoundCall[]> {
    return this.database.browse(async (manager) => withLegs(manager, await matching(manager, search)));
  }

  /** By our id, or by Plivo's CallUUID of either leg. Refuses calls that nobody knows. */
  one(id: string): Promise<FoundCall> {
    return this.database.read(async (manager) => {
      const callId = (await this.callOfLeg(manager, id)) ?? id;
      const [found] = await withLegs(manager, await CALL.read(manager, 'FROM masked_call WHERE id = ?', [callId]));
      if (!found) throw new NotFound();
      return found;
    });
  }

  /** By our ids. */
  async many(ids: string[]): Promise<Map<string, FoundCall>> {
    if (ids.length === 0) return new Map();
    const found = await this.database.browse(async (manager) =>
      withLegs(manager, await CALL.read(manager, `FROM masked_call WHERE id IN (${marks(ids)})`, ids)),
    );
    return new Map(found.map((one) => [one.call.id, one]));
  }

  /** The key of legs begins with their account. */
  private async callOfLeg(manager: EntityManager, legUuid: string): Promise<string | null> {
    const accountIds = await this.accounts.ids(manager);
    if (accountIds.length === 0) return null;
    const [leg] = await CALL_OF_LEG.read(
      manager,
      `FROM call_leg WHERE account_id IN (${marks(accountIds)}) AND leg_uuid = ? LIMIT 1`,
      [...accountIds, legUuid],
    );
    return leg?.callId ?? null;
  }
}

/** The calls of a session, newest first. */
export async function callsOfSession(manager: EntityManager, sessionId: string, limit: number): Promise<FoundCall[]> {
  return withLegs(manager, await matching(manager, { sessionId, limit }));
}

/** A call that heard a session's prompt and came to no session is found through the prompt: two reads, each along an index of its own. */
async function matching(manager: EntityManager, search: CallSearch): Promise<PlainCall[]> {
  const { sessionId, limit } = search;
  if (sessionId === undefined) return page(manager, search);
  const came = await page(manager, search, { sql: 'session_id = ?', sessionId });
  const prompted = await page(manager, search, { sql: 'prompt_session_id = ? AND session_id IS NULL', sessionId });
  return [...came, ...prompted].sort(newestFirst).slice(0, limit);
}

function newestFirst(left: PlainCall, right: PlainCall): number {
  return right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1);
}

function page(
  manager: EntityManager,
  { from, to, before, limit }: CallSearch,
  ofSession?: { sql: string; sessionId: string },
): Promise<PlainCall[]> {
  const conditions = [
    ...(ofSession === undefined ? [] : [{ sql: ofSession.sql, parameters: [ofSession.sessionId] }]),
    ...(from === undefined ? [] : [{ sql: 'created_at >= ?', parameters: [from] }]),
    ...(to === undefined ? [] : [{ sql: 'created_at < ?', parameters: [to] }]),
    // Not as one OR: so the index on the instant bounds the read.
    ...(before === undefined
      ? []
      : [
          {
            sql: 'created_at <= ? AND (created_at < ? OR id < ?)',
            parameters: [before.at, before.at, before.id],
          },
        ]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.map(({ sql }) => sql).join(' AND ')}`;
  return CALL.read(manager, `FROM masked_call ${where} ORDER BY created_at DESC, id DESC LIMIT ?`, [
    ...conditions.flatMap(({ parameters }) => parameters),
    limit,
  ]);
}

async function withLegs(manager: EntityManager, calls: PlainCall[]): Promise<FoundCall[]> {
  if (calls.length === 0) return [];
  const found = await legsOfCalls(
    manager,
    calls.map((call) => call.id),
  );
  // Of an earlier version's calls the session knows it.
  const without = calls.filter(({ virtualNumber }) => virtualNumber === null);
  const sessionIds = without.flatMap((call) => call.sessionId ?? call.promptSessionId ?? []);
  const numbers = await virtualNumbersOf(manager, sessionIds);
  return calls.map((call) => {
    const legs = found.filter((leg) => leg.callId === call.id);
    return {
      call,
      legs: legs.map((leg) => ({ ...leg, ...legInWords(leg) })),
      ...outcomeOf(call, legs),
      virtualNumber: call.virtualNumber ?? numbers.get(call.sessionId ?? call.promptSessionId ?? '') ?? null,
    };
  });
}
