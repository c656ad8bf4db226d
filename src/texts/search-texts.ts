import type { EntityManager } from 'typeorm';
import type { Database } from '../platform/database/database.js';
import { marks, selection, type Selected } from '../platform/database/rows.js';
import type { E164 } from '../telephony/phone.js';
import type { TextDecision } from './text-decision.js';
import type { ForwardState } from './join-reports.js';
import { BAD, type TextState } from './text-state.js';
import { TEXTS } from './text.entity.js';

/** What operators ask for of texts. */
export interface TextSearch {
  /** Auth ID; all accounts without it. */
  accountId?: string | undefined;
  sessionId?: string | undefined;
  /** Who wrote it, or whom it was sent on to. */
  party?: E164 | undefined;
  /** The number that it was written to; also one that has left the pool. */
  virtualNumber?: E164 | undefined;
  state?: TextState | undefined;
  /** Which party wrote it. */
  senderRole?: 'first' | 'second' | undefined;
  /** First instant. */
  from?: number | undefined;
  /** The instant after the last. */
  to?: number | undefined;
  /** The last text of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

/** Where texts are looked for: persons are called otherwise in the rows of each account. */
export interface SearchedAccounts {
  accountIds: readonly (string | null)[];
  indexOf: (accountId: string, number: E164) => string;
}

interface Condition {
  sql: string;
  parameters: unknown[];
}

/** Texts in the order of an index, of themselves (`t`) or of what was sent on of them (`f`). */
interface Stream extends Condition {
  of: 't' | 'f';
  index: string;
}

/** Something that is asked for: the reads that find it, and how one text is looked at for it. */
interface Asked {
  streams: Stream[];
  test: Condition;
}

const FOUND = selection(TEXTS.fields('t'));
type FoundRow = Selected<typeof FOUND>;

const DECISIONS: readonly TextDecision['decision'][] = ['forward', 'refuse', 'word', 'wait'];

/**
 * The newest texts that a search asks for. As of calls (call-routing/read/search-calls.ts) each read goes newest first along the index of one condition, the one
 * that mostly has the fewest texts, and looks at the others row by row.
 */
export async function matchingTexts(
  manager: EntityManager,
  database: Database,
  search: TextSearch,
  { accountIds, indexOf }: SearchedAccounts,
): Promise<FoundRow[]> {
  const found = new Map<string, FoundRow>();
  const has = hasBy(database);
  for (const accountId of accountIds) {
    const [first, ...others] = askedOf(search, accountId, { indexOf, has });
    for (const stream of first?.streams ?? []) {
      const conditions = [
        stream,
        ...others.map(({ test }) => test),
        ...ofAccount(accountId),
        ...ofRole(search),
        ...withinTime(search, stream.of),
      ];
      const where = conditions.map(({ sql }) => sql).join(' AND ');
      const parameters = [...conditions.flatMap((condition) => condition.parameters), search.limit];
      const byIndex = database.byIndex(stream.index);
      const from =
        stream.of === 't'
          ? `FROM text_message t ${byIndex} WHERE ${where} ORDER BY t.received_at DESC, t.id DESC LIMIT ?`
          : `FROM text_forward f ${byIndex} JOIN text_message t ON t.id = f.text_id WHERE ${where}
             ORDER BY f.received_at DESC, f.text_id DESC LIMIT ?`;
      for (const text of await FOUND.read(manager, from, parameters)) found.set(text.id, text);
    }
  }
  return [...found.values()].sort(newestFirst).slice(0, search.limit);
}

/** Persons and states are found account by account; otherwise one read finds the texts of all. */
export function isByAccount({ sessionId, party, virtualNumber }: TextSearch): boolean {
  return party !== undefined || (sessionId === undefined && virtualNumber === undefined);
}

function askedOf(
  { sessionId, party, virtualNumber, state }: TextSearch,
  accountId: string | null,
  { indexOf, has }: Pick<SearchedAccounts, 'indexOf'> & { has: Has },
): Asked[] {
  const asked = [
    ...(sessionId === undefined ? [] : [plain('text_message_session', 't.session_id = ?', sessionId)]),
    ...(party === undefined ? [] : [ofPerson(indexOf(accountId ?? '', party), has)]),
    ...(virtualNumber === undefined ? [] : [plain('text_message_number', 't.virtual_number = ?', virtualNumber)]),
    ...(state === undefined ? [] : [ofState(state, accountId, has)]),
  ];
  return asked.length > 0 ? asked : [{ streams: DECISIONS.map((one) => decided(one, accountId)), test: ANY }];
}

const ANY: Condition = { sql: '1 = 1', parameters: [] };

function plain(index: string, sql: string, ...parameters: unknown[]): Asked {
  const condition = { sql, parameters };
  return { streams: [{ of: 't', index, ...condition }], test: condition };
}

function decided(decision: TextDecision['decision'], accountId: string | null): Stream {
  const sql = 't.account_id = ? AND t.decision = ?';
  return { of: 't', index: 'text_message_account', sql, parameters: [accountId, decision] };
}

function ofPerson(index: string, has: Has): Asked {
  // A text that went in several messages is found by the first of them.
  const isFirst = `NOT ${has('o', 'o.text_id = f.text_id AND o.position < f.position')}`;
  return {
    streams: [
      { of: 't', index: 'text_message_sender', sql: 't.sender_index = ?', parameters: [index] },
      { of: 'f', index: 'text_forward_person', sql: `f.recipient_index = ? AND ${isFirst}`, parameters: [index] },
    ],
    test: {
      sql: `(t.sender_index = ? OR ${has('p', 'p.text_id = t.id AND p.recipient_index = ?')})`,
      parameters: [index, index],
    },
  };
}

/** Of a text that goes no further than us the decision says it, of the others what became of their messages. */
const DECIDED: Partial<Record<TextState, TextDecision['decision']>> = {
  refused: 'refuse',
  heard: 'word',
  waiting: 'wait',
};

function ofState(state: TextState, accountId: string | null, has: Has): Asked {
  const decision = DECIDED[state];
  if (decision !== undefined)
    return {
      streams: [decided(decision, accountId)],
      test: { sql: 't.decision = ?', parameters: [decision] },
    };
  const stages: ForwardState[] = state === 'pending' ? ['pending', 'sending'] : [state as ForwardState];
  return {
    streams: stages.map((stage) => {
      const told = isTold(stage, has);
      return {
        of: 'f',
        index: 'text_forward_state',
        sql: `f.account_id = ? AND f.state = ? AND ${told.sql}`,
        parameters: [accountId, stage, ...told.parameters],
      };
    }),
    test: anyOf(
      stages.map((stage) => {
        const told = isTold(stage, has);
        const sql = has('f', `f.text_id = t.id AND f.state = ? AND ${told.sql}`);
        return { sql, parameters: [stage, ...told.parameters] };
      }),
    ),
  };
}

/** Of these the first counts. */
const OPEN: readonly ForwardState[] = ['pending', 'sending', 'accepted', 'sent'];

/** Whether the message `f`, which is in this stage, is the one that `stateOfText` tells of: no other is worse, and none before it counts as much. */
function isTold(stage: ForwardState, has: Has): Condition {
  const isOpen = OPEN.includes(stage);
  const worse = BAD.includes(stage) ? BAD.slice(0, BAD.indexOf(stage)) : [...BAD, ...(isOpen ? [] : OPEN)];
  const equal = isOpen ? OPEN : [stage];
  const isWorse = worse.length === 0 ? '' : `o.state IN (${marks(worse)}) OR `;
  return {
    sql: `NOT ${has('o', `o.text_id = f.text_id AND (${isWorse}(o.position < f.position AND o.state IN (${marks(equal)})))`)}`,
    parameters: [...worse, ...equal],
  };
}

/** Whether a text has such a message; it has a few at most. Not EXISTS: of that MariaDB may make a list of all texts' messages first. */
type Has = (alias: string, where: string) => string;

function hasBy(database: Database): Has {
  const byIndex = database.byIndex('text_forward_text');
  return (alias, where) => `((SELECT COUNT(*) FROM text_forward ${alias} ${byIndex} WHERE ${where}) > 0)`;
}

function anyOf(conditions: Condition[]): Condition {
  return {
    sql: `(${conditions.map(({ sql }) => sql).join(' OR ')})`,
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

function ofAccount(accountId: string | null): Condition[] {
  return accountId === null ? [] : [{ sql: 't.account_id = ?', parameters: [accountId] }];
}

function ofRole({ senderRole }: TextSearch): Condition[] {
  return senderRole === undefined ? [] : [{ sql: 't.sender_role = ?', parameters: [senderRole] }];
}

function withinTime({ from, to, before }: TextSearch, of: Stream['of']): Condition[] {
  const id = of === 't' ? 't.id' : 'f.text_id';
  return [
    ...(from === undefined ? [] : [{ sql: `${of}.received_at >= ?`, parameters: [from] }]),
    ...(to === undefined ? [] : [{ sql: `${of}.received_at < ?`, parameters: [to] }]),
    // Not as one OR: so the index on the instant bounds the read.
    ...(before === undefined
      ? []
      : [
          {
            sql: `${of}.received_at <= ? AND (${of}.received_at < ? OR ${id} < ?)`,
            parameters: [before.at, before.at, before.id],
          },
        ]),
  ];
}

function newestFirst(left: FoundRow, right: FoundRow): number {
  return right.receivedAt - left.receivedAt || (left.id < right.id ? 1 : -1);
}
