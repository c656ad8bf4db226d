import type { EntityManager } from 'typeorm';
import type { Database } from '../../platform/database/database.js';
import { selection } from '../../platform/database/rows.js';
import type { E164 } from '../../telephony/phone.js';
import { CALLS, type MaskedCall } from '../call.entity.js';
import type { Outcome } from '../decision-words.js';

/** A call without what is sealed in it, or an index of it: no number of a caller, no answer. */
export type PlainCall = Omit<
  MaskedCall,
  'caller' | 'dialled' | 'callerIndex' | 'dialledIndex' | 'answer' | 'outcome' | 'connectedAt' | 'reconciledAt'
>;

export interface CallSearch {
  /** Auth ID; all accounts without it. */
  accountId?: string | undefined;
  /** Calls of this session, and calls that heard its PIN prompt and came to no session. */
  sessionId?: string | undefined;
  /** Who called, or the other party. */
  party?: E164 | undefined;
  /** The other party, or the number that was called. */
  dialled?: E164 | undefined;
  /** The number that was called, or that we called from; also one that has left the pool. */
  virtualNumber?: E164 | undefined;
  outcome?: Outcome | undefined;
  /** First instant. */
  from?: number | undefined;
  /** The instant after the last. */
  to?: number | undefined;
  /** The last call of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

/** How a person is called in the rows of an account. */
export type PartyIndex = (accountId: string, number: E164) => string;

interface Condition {
  sql: string;
  parameters: unknown[];
}

/** Calls in the order of an index. */
interface Stream extends Condition {
  index: string;
}

export const PLAIN_CALL = selection(
  CALLS.pick([
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
  ]),
);

/**
 * The newest calls that a search asks for. Whatever is asked, each read goes newest first along the index of one of its conditions, the one that mostly has the
 * fewest calls, and looks at the others row by row; what two indexes know is two reads. With an OR instead, the databases walk through all calls.
 * `accountIds`: those that are looked through.
 */
export async function matchingCalls(
  manager: EntityManager,
  database: Database,
  search: CallSearch,
  { accountIds, indexOf }: { accountIds: readonly (string | null)[]; indexOf: PartyIndex },
): Promise<PlainCall[]> {
  const found = new Map<string, PlainCall>();
  for (const accountId of accountIds) {
    const [streams = [], ...others] = conditionsOf(search, accountId, indexOf);
    for (const stream of streams) {
      const conditions = [stream, ...others.map(anyOf), ...ofAccount(accountId, stream), ...withinTime(search)];
      const where = conditions.map(({ sql }) => sql).join(' AND ');
      const calls = await PLAIN_CALL.read(
        manager,
        `FROM masked_call ${database.byIndex(stream.index)} WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT ?`,
        [...conditions.flatMap(({ parameters }) => parameters), search.limit],
      );
      for (const call of calls) found.set(call.id, call);
    }
  }
  return [...found.values()].sort(newestFirst).slice(0, search.limit);
}

/** Persons have an index in each account, and the list of an account's calls is its own; otherwise one read finds the calls of all. */
export function isByAccount({ sessionId, party, dialled, virtualNumber }: CallSearch): boolean {
  return party !== undefined || dialled !== undefined || (sessionId === undefined && virtualNumber === undefined);
}

/** All that is asked for; each condition as the indexes know it, and first the one by which the calls are read. */
function conditionsOf(search: CallSearch, accountId: string | null, indexOf: PartyIndex): Stream[][] {
  const { sessionId, party, dialled, virtualNumber, outcome } = search;
  const personOf = (number: E164): string => indexOf(accountId ?? '', number);
  const asked = [
    ...(sessionId === undefined ? [] : [ofSession(sessionId)]),
    ...(party === undefined ? [] : [ofParty(personOf(party))]),
    ...(dialled === undefined ? [] : [ofDialled(personOf(dialled), dialled)]),
    ...(virtualNumber === undefined ? [] : [ofNumber(virtualNumber)]),
    ...(outcome === undefined ? [] : [ofOutcome(accountId, outcome)]),
  ];
  return asked.length > 0 ? asked : [[along('masked_call_account', 'account_id = ?', accountId)]];
}

function ofSession(sessionId: string): Stream[] {
  return [
    along('masked_call_session', 'session_id = ?', sessionId),
    along('masked_call_prompt_session', 'prompt_session_id = ? AND session_id IS NULL', sessionId),
  ];
}

function ofParty(index: string): Stream[] {
  return [
    along('masked_call_caller', 'caller_index = ?', index),
    along('masked_call_dialled', 'dialled_index = ?', index),
  ];
}

function ofDialled(index: string, number: E164): Stream[] {
  return [along('masked_call_dialled', 'dialled_index = ?', index), ...ofNumber(number)];
}

function ofNumber(number: E164): Stream[] {
  return [along('masked_call_number', 'virtual_number = ?', number)];
}

/** Of no account in particular another condition leads, and this one is only looked at. */
function ofOutcome(accountId: string | null, outcome: Outcome): Stream[] {
  if (accountId === null) return [along('', 'outcome = ?', outcome)];
  return [along('masked_call_outcome', 'account_id = ? AND outcome = ?', accountId, outcome)];
}

function along(index: string, sql: string, ...parameters: unknown[]): Stream {
  return { index, sql, parameters };
}

function anyOf(streams: Stream[]): Condition {
  return {
    sql: `(${streams.map(({ sql }) => sql).join(' OR ')})`,
    parameters: streams.flatMap(({ parameters }) => parameters),
  };
}

function ofAccount(accountId: string | null, { sql }: Stream): Condition[] {
  return accountId === null || sql.startsWith('account_id') ? [] : [{ sql: 'account_id = ?', parameters: [accountId] }];
}

function withinTime({ from, to, before }: CallSearch): Condition[] {
  return [
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
}

export function newestFirst(left: PlainCall, right: PlainCall): number {
  return right.createdAt - left.createdAt || (left.id < right.id ? 1 : -1);
}
