import type { ListSessionsDto } from './session-list.dto.js';
import type { SessionOwner, SessionRecords } from './session-record.js';
import type { Moment } from './timestamps.js';

const DEFAULT_WINDOW_MS = 7 * 24 * 3600 * 1000;
const COMPARISONS = ['', '__gt', '__gte', '__lt', '__lte'] as const;
type Comparison = (typeof COMPARISONS)[number];

interface Condition {
  sql: string;
  parameters: unknown[];
}

/** Instants or durations in milliseconds, `until` excluded; infinite where nothing bounds them. */
export interface Span {
  from: number;
  until: number;
}

/** Sessions of an account, or of one of its subaccounts, by their times alone: how many there are is kept. */
export interface Region {
  accountId: string;
  /** Null: all of the account's. */
  subaccountId: string | null;
  created: Span;
  expires: Span;
}

/** The WHERE clause of a list request. Times compare by the whole seconds that the API shows, unless a fraction was given. */
export function sessionFilter(
  owner: SessionOwner,
  request: ListSessionsDto,
  records: SessionRecords,
  now: number,
): Condition {
  const conditions: Condition[] = [{ sql: 's.account_id = ?', parameters: [owner.accountId] }];
  const subaccount = owner.subaccountId ?? request.subaccount;
  if (subaccount !== undefined) conditions.push({ sql: 's.subaccount_id = ?', parameters: [subaccount] });
  if (isOthers(owner, request)) conditions.push({ sql: '1 = 0', parameters: [] });
  for (const role of ['first', 'second'] as const) {
    const party = request[`${role}_party`];
    if (party !== undefined)
      conditions.push({ sql: `s.${role}_index = ?`, parameters: [records.partyIndex(owner.accountId, party)] });
  }
  if (request.virtual_number !== undefined)
    conditions.push({ sql: 's.virtual_number = ?', parameters: [request.virtual_number] });
  conditions.push(
    ...statusConditions(request.status ?? 'all', now),
    ...within('s.created_at', createdSpan(request, now)),
    ...within('s.expires_at', spanOf(request, 'expiry_time')),
    ...within('(s.expires_at - s.created_at)', durationSpan(request)),
  );
  return {
    sql: conditions.map((condition) => condition.sql).join(' AND '),
    parameters: conditions.flatMap((condition) => condition.parameters),
  };
}

/** The same request by its times alone; null where it asks for more. A session lives until its expiry, which an earlier end sets to itself. */
export function regionOf(owner: SessionOwner, request: ListSessionsDto, now: number): Region | null {
  const { first_party, second_party, virtual_number, status } = request;
  if ((first_party ?? second_party ?? virtual_number) !== undefined || isOthers(owner, request)) return null;
  if (status === 'in-progress' || within('', durationSpan(request)).length > 0) return null;
  const expires = spanOf(request, 'expiry_time');
  if (status === 'active') expires.from = Math.max(expires.from, now + 1);
  if (status === 'expired') expires.until = Math.min(expires.until, now + 1);
  return {
    accountId: owner.accountId,
    subaccountId: owner.subaccountId ?? request.subaccount ?? null,
    created: createdSpan(request, now),
    expires,
  };
}

/** The conditions of a region, of columns that the index of the list has. */
export function withinRegion({ accountId, subaccountId, created, expires }: Region): Condition {
  const conditions = [
    { sql: 's.account_id = ?', parameters: [accountId] },
    ...(subaccountId === null ? [] : [{ sql: 's.subaccount_id = ?', parameters: [subaccountId] }]),
    ...within('s.created_at', created),
    ...within('s.expires_at', expires),
  ];
  return {
    sql: conditions.map(({ sql }) => sql).join(' AND '),
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/** A subaccount that asks for another one's. */
function isOthers({ subaccountId }: SessionOwner, { subaccount }: ListSessionsDto): boolean {
  return subaccountId !== null && subaccount !== undefined && subaccount !== subaccountId;
}

function statusConditions(status: 'active' | 'in-progress' | 'expired' | 'all', now: number): Condition[] {
  // By the expiry alone, which an earlier end sets to itself: the index of the list has it, and not the status.
  const live = { sql: 's.expires_at > ?', parameters: [now] };
  const inProgress = {
    // No EXISTS: MariaDB may turn that into a join and read all conversations for it. What stands in such a comment is read by MySQL and MariaDB alone.
    sql: `(SELECT 1 FROM interaction i /*! FORCE INDEX (interaction_session) */
      WHERE i.session_id = s.id AND i.ended_at IS NULL AND i.busy_until > ? LIMIT 1) IS NOT NULL`,
    parameters: [now],
  };
  switch (status) {
    case 'all':
      return [];
    case 'active':
      return [live];
    case 'in-progress':
      return [live, inProgress];
    case 'expired':
      return [{ sql: 's.expires_at <= ?', parameters: [now] }];
  }
}

/** Without a bound on time, the last 7 days. */
function createdSpan(request: ListSessionsDto, now: number): Span {
  const span = spanOf(request, 'created_time');
  const isBounded = COMPARISONS.some(
    (comparison) =>
      request[`created_time${comparison}`] !== undefined || request[`expiry_time${comparison}`] !== undefined,
  );
  return isBounded ? span : { ...span, from: now - DEFAULT_WINDOW_MS };
}

function durationSpan(request: ListSessionsDto): Span {
  const moments = COMPARISONS.map((comparison) => {
    const seconds = request[`duration${comparison}`];
    return seconds === undefined ? undefined : { from: seconds * 1000, until: seconds * 1000 + 1000 };
  });
  return spanWithin(moments);
}

function spanOf(request: ListSessionsDto, name: 'created_time' | 'expiry_time'): Span {
  return spanWithin(COMPARISONS.map((comparison) => request[`${name}${comparison}`]));
}

/** Of the five comparisons, in their order. */
function spanWithin(moments: (Moment | undefined)[]): Span {
  const bounds: Record<Comparison, (moment: Moment) => Partial<Span>> = {
    '': (moment) => moment,
    __gt: ({ until }) => ({ from: until }),
    __gte: ({ from }) => ({ from }),
    __lt: ({ from }) => ({ until: from }),
    __lte: ({ until }) => ({ until }),
  };
  const span = { from: -Infinity, until: Infinity };
  for (const [place, moment] of moments.entries()) {
    const comparison = COMPARISONS[place];
    if (moment === undefined || comparison === undefined) continue;
    const bound = bounds[comparison](moment);
    span.from = Math.max(span.from, bound.from ?? -Infinity);
    span.until = Math.min(span.until, bound.until ?? Infinity);
  }
  return span;
}

function within(expression: string, { from, until }: Span): Condition[] {
  return [
    ...(from === -Infinity ? [] : [{ sql: `${expression} >= ?`, parameters: [from] }]),
    ...(until === Infinity ? [] : [{ sql: `${expression} < ?`, parameters: [until] }]),
  ];
}
