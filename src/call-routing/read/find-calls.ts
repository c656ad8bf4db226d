import { Injectable } from '@nestjs/common';
import { In, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { Accounts } from '../../accounts/index.js';
import { virtualNumbersOf } from '../../sessions/index.js';
import { Database } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { legsOfCalls, type Leg } from '../facts/legs.js';
import { callOutcome, legInWords } from './call-outcome.js';
import { CallLeg, MaskedCall } from '../call.entity.js';

/** A call without what is sealed in it: no number of a caller, no answer. */
export type PlainCall = Omit<MaskedCall, 'caller' | 'dialled' | 'answer' | 'connectedAt' | 'reconciledAt'>;

export type FoundLeg = Leg & ReturnType<typeof legInWords>;

export interface FoundCall {
  call: PlainCall;
  /** A first. */
  legs: FoundLeg[];
  outcome: string;
  /** Digits; null where the call came to no session. */
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

/** Calls with their legs, newest first. */
@Injectable()
export class FindCalls {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
  ) {}

  run(search: CallSearch): Promise<FoundCall[]> {
    return this.database.read(async (manager) => withLegs(manager, await matching(manager, search)));
  }

  /** By our id, or by Plivo's CallUUID of either leg. Refuses calls that nobody knows. */
  one(id: string): Promise<FoundCall> {
    return this.database.read(async (manager) => {
      const callId = (await this.callOfLeg(manager, id)) ?? id;
      const [found] = await withLegs(manager, await callRows(manager).where('c.id = :callId', { callId }).getMany());
      if (!found) throw new NotFound();
      return found;
    });
  }

  /** By our ids. */
  async many(ids: string[]): Promise<Map<string, FoundCall>> {
    if (ids.length === 0) return new Map();
    const found = await this.database.read(async (manager) =>
      withLegs(manager, await callRows(manager).where('c.id IN (:...ids)', { ids }).getMany()),
    );
    return new Map(found.map((one) => [one.call.id, one]));
  }

  /** The key of legs begins with their account. */
  private async callOfLeg(manager: EntityManager, legUuid: string): Promise<string | null> {
    const accountIds = await this.accounts.ids(manager);
    const leg = await manager.findOne(CallLeg, { where: { accountId: In(accountIds), legUuid } });
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
  if (sessionId === undefined) return page(manager, search).getMany();
  const came = await page(manager, search).andWhere('c.sessionId = :sessionId', { sessionId }).getMany();
  const prompted = await page(manager, search)
    .andWhere('c.promptSessionId = :sessionId AND c.sessionId IS NULL', { sessionId })
    .getMany();
  return [...came, ...prompted].sort(newestFirst).slice(0, limit);
}

function newestFirst(left: PlainCall, right: PlainCall): number {
  return right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1);
}

function page(manager: EntityManager, { from, to, before, limit }: CallSearch): SelectQueryBuilder<MaskedCall> {
  const query = callRows(manager).orderBy('c.createdAt', 'DESC').addOrderBy('c.id', 'DESC').limit(limit);
  if (from !== undefined) query.andWhere('c.createdAt >= :from', { from });
  if (to !== undefined) query.andWhere('c.createdAt < :to', { to });
  // Not as one OR: so the index on the instant bounds the read.
  if (before) query.andWhere('c.createdAt <= :at AND (c.createdAt < :at OR c.id < :id)', before);
  return query;
}

const COLUMNS = [
  'id',
  'accountId',
  'sessionId',
  'promptSessionId',
  'virtualNumberId',
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

function callRows(manager: EntityManager): SelectQueryBuilder<MaskedCall> {
  return manager.createQueryBuilder(MaskedCall, 'c').select(COLUMNS.map((column) => `c.${column}`));
}

async function withLegs(manager: EntityManager, calls: PlainCall[]): Promise<FoundCall[]> {
  if (calls.length === 0) return [];
  const found = await legsOfCalls(
    manager,
    calls.map((call) => call.id),
  );
  const sessionIds = calls.flatMap((call) => call.sessionId ?? call.promptSessionId ?? []);
  const numbers = await virtualNumbersOf(manager, sessionIds);
  return calls.map((call) => {
    const legs = found.filter((leg) => leg.callId === call.id);
    return {
      call,
      legs: legs.map((leg) => ({ ...leg, ...legInWords(leg) })),
      outcome: callOutcome(call, legs),
      virtualNumber: numbers.get(call.sessionId ?? call.promptSessionId ?? '') ?? null,
    };
  });
}
