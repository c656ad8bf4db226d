import type { ListSessionsDto } from './session-list.dto.js';
import type { SessionOwner, SessionRecords } from './session-record.js';
import type { Moment } from './timestamps.js';

const DEFAULT_WINDOW_MS = 7 * 24 * 3600 * 1000;
const COMPARISONS = ['', '__gt', '__gte', '__lt', '__lte'] as const;

interface Condition {
  sql: string;
  parameters: unknown[];
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
  if (owner.subaccountId !== null && request.subaccount !== undefined && request.subaccount !== owner.subaccountId) {
    conditions.push({ sql: '1 = 0', parameters: [] });
  }
  for (const role of ['first', 'second'] as const) {
    const party = request[`${role}_party`];
    if (party !== undefined)
      conditions.push({ sql: `s.${role}_index = ?`, parameters: [records.partyIndex(owner.accountId, party)] });
  }
  if (request.virtual_number !== undefined)
    conditions.push({ sql: 's.virtual_number = ?', parameters: [request.virtual_number] });
  conditions.push(...statusConditions(request.status ?? 'all', now), ...rangeConditions(request));
  if (!isTimeBounded(request)) conditions.push({ sql: 's.created_at >= ?', parameters: [now - DEFAULT_WINDOW_MS] });
  return {
    sql: conditions.map((condition) => condition.sql).join(' AND '),
    parameters: conditions.flatMap((condition) => condition.parameters),
  };
}

function statusConditions(status: 'active' | 'in-progress' | 'expired' | 'all', now: number): Condition[] {
  const live = { sql: "s.status = 'active' AND s.expires_at > ?", parameters: [now] };
  const inProgress = {
    sql: 'EXISTS (SELECT 1 FROM interaction i WHERE i.session_id = s.id AND i.ended_at IS NULL AND i.busy_until > ?)',
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
      return [{ sql: "(s.status = 'expired' OR s.expires_at <= ?)", parameters: [now] }];
  }
}

function rangeConditions(request: ListSessionsDto): Condition[] {
  return COMPARISONS.flatMap((comparison) => {
    const created = request[`created_time${comparison}`];
    const expiry = request[`expiry_time${comparison}`];
    const duration = request[`duration${comparison}`];
    return [
      ...(created === undefined ? [] : [within('s.created_at', comparison, created)]),
      ...(expiry === undefined ? [] : [within('s.expires_at', comparison, expiry)]),
      ...(duration === undefined
        ? []
        : [
            within('(s.expires_at - s.created_at)', comparison, {
              from: duration * 1000,
              until: duration * 1000 + 1000,
            }),
          ]),
    ];
  });
}

function within(expression: string, comparison: (typeof COMPARISONS)[number], moment: Moment): Condition {
  switch (comparison) {
    case '':
      return { sql: `${expression} >= ? AND ${expression} < ?`, parameters: [moment.from, moment.until] };
    case '__gt':
      return { sql: `${expression} >= ?`, parameters: [moment.until] };
    case '__gte':
      return { sql: `${expression} >= ?`, parameters: [moment.from] };
    case '__lt':
      return { sql: `${expression} < ?`, parameters: [moment.from] };
    case '__lte':
      return { sql: `${expression} < ?`, parameters: [moment.until] };
  }
}

function isTimeBounded(request: ListSessionsDto): boolean {
  return COMPARISONS.some(
    (comparison) =>
      request[`created_time${comparison}`] !== undefined || request[`expiry_time${comparison}`] !== undefined,
  );
}
