import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts } from '../../accounts/index.js';
import { SessionRecords, virtualNumbersOf } from '../../sessions/index.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { Database } from '../../platform/database/database.js';
import { lookBack, LOOKED_AT_ONCE } from '../../platform/database/look-back.js';
import { countUpTo, marks, selection, type Selected } from '../../platform/database/rows.js';
import { NotFound } from '../../platform/errors.js';
import type { E164 } from '../../telephony/phone.js';
import { callerPlace, CALLS, dialledPlace, LEGS } from '../call.entity.js';
import { legInWords, outcomeOf, type CallOutcome } from '../facts/call-outcome.js';
import { legsOfCalls, type Leg } from '../facts/legs.js';
import {
  isByAccount,
  matchingCalls,
  newestFirst,
  PLAIN_CALL,
  type CallSearch,
  type PlainCall,
} from './search-calls.js';

export type FoundLeg = Leg & ReturnType<typeof legInWords>;

/** A call that names nobody. */
export interface CallWithLegs extends CallOutcome {
  call: PlainCall;
  /** A first. */
  legs: FoundLeg[];
  /** Digits; null where what was called is no number. */
  virtualNumber: string | null;
}

export interface FoundCall extends CallWithLegs {
  /** Digits of who called, and of requested calls whom we called; null where nobody knows. */
  caller: string | null;
  /** Digits of the other party, also of a call that was refused before it was dialled; null where nobody knows. */
  dialled: string | null;
}

const NUMBERS = selection(CALLS.pick(['id', 'accountId', 'caller', 'dialled', 'createdAt']));
const CALL_OF_LEG = selection(LEGS.pick(['callId']));

/** Calls with their legs and numbers, newest first. */
@Injectable()
export class FindCalls {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
    private readonly crypto: Crypto,
    private readonly records: SessionRecords,
  ) {}

  run(search: CallSearch): Promise<FoundCall[]> {
    return this.database.browse(async (manager) => {
      const all = async () => (isByAccount(search) ? this.accounts.ids(manager) : [null]);
      const accountIds = search.accountId === undefined ? await all() : [search.accountId];
      const indexOf = (accountId: string, number: string): string => this.records.partyIndex(accountId, number) ?? '';
      return this.whole(manager, await matchingCalls(manager, this.database, search, { accountIds, indexOf }));
    });
  }

  /** By our id, or by Plivo's CallUUID of either leg. Refuses calls that nobody knows. */
  one(id: string): Promise<FoundCall> {
    return this.database.read(async (manager) => {
      const callId = (await this.callOfLeg(manager, id)) ?? id.toLowerCase();
      const [found] = await this.ofIds(manager, [callId]);
      if (!found) throw new NotFound();
      return found;
    });
  }

  /** By our ids. */
  async many(ids: string[]): Promise<Map<string, FoundCall>> {
    if (ids.length === 0) return new Map();
    const found = await this.database.browse((manager) => this.ofIds(manager, ids));
    return new Map(found.map((one) => [one.call.id, one]));
  }

  /** As `SearchSessions.endingIn`, of who called and of the other party. */
  async endingIn(
    digits: string,
    accountId: string,
    bound: { most: number; limit: number },
  ): Promise<{ calls: FoundCall[]; since: number | null }> {
    const page = (before: { id: string; createdAt: number }) =>
      this.database.browse((manager) =>
        NUMBERS.read(
          manager,
          `FROM masked_call ${this.database.byIndex('masked_call_account')}
           WHERE account_id = ? AND created_at <= ? AND (created_at < ? OR id < ?)
           ORDER BY created_at DESC, id DESC LIMIT ${LOOKED_AT_ONCE}`,
          [accountId, before.createdAt, before.createdAt, before.id],
        ),
      );
    const { ids, since } = await lookBack(bound, page, (row) => {
      const { caller, dialled } = this.opened(row);
      return [caller, dialled].some((number) => number?.endsWith(digits));
    });
    const calls = await this.database.browse((manager) => this.ofIds(manager, ids));
    return { calls: calls.sort((one, other) => newestFirst(one.call, other.call)), since };
  }

  /** How many calls of an account a person made or was to get, counted up to a number of each. */
  countOf(accountId: string, party: E164, most: number): Promise<number> {
    const index = this.records.partyIndex(accountId, party);
    return this.database.browse(async (manager) => {
      let total = 0;
      for (const column of ['caller_index', 'dialled_index'])
        total += await countUpTo(manager, `FROM masked_call WHERE ${column} = ?`, [index], most);
      return total;
    });
  }

  private async ofIds(manager: EntityManager, ids: string[]): Promise<FoundCall[]> {
    if (ids.length === 0) return [];
    const calls = await PLAIN_CALL.read(manager, `FROM masked_call WHERE id IN (${marks(ids)})`, ids);
    return this.whole(manager, calls);
  }

  private async whole(manager: EntityManager, calls: PlainCall[]): Promise<FoundCall[]> {
    if (calls.length === 0) return [];
    const ids = calls.map(({ id }) => id);
    const rows = await NUMBERS.read(manager, `FROM masked_call WHERE id IN (${marks(ids)})`, ids);
    const numbers = new Map(rows.map((row) => [row.id, this.opened(row)]));
    const found = await withLegs(manager, calls);
    return found.map((one) => ({ ...one, ...(numbers.get(one.call.id) ?? { caller: null, dialled: null }) }));
  }

  private opened({ id: callId, accountId, caller, dialled }: Selected<typeof NUMBERS>) {
    const place = { callId, accountId };
    return {
      caller: caller === null ? null : this.crypto.open(callerPlace(place), caller),
      dialled: dialled === null ? null : this.crypto.open(dialledPlace(place), dialled),
    };
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
export async function callsOfSession(
  manager: EntityManager,
  database: Database,
  sessionId: string,
  limit: number,
): Promise<CallWithLegs[]> {
  const nobody = { accountIds: [null], indexOf: () => '' };
  return withLegs(manager, await matchingCalls(manager, database, { sessionId, limit }, nobody));
}

async function withLegs(manager: EntityManager, calls: PlainCall[]): Promise<CallWithLegs[]> {
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
