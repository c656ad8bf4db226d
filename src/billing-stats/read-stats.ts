import { Injectable } from '@nestjs/common';
import { Accounts } from '../accounts/index.js';
import { HOUR_MS, hourOf } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection, type Selected } from '../platform/database/rows.js';
import { describeNumber, type E164 } from '../telephony/phone.js';
import { CALL_STATS, SESSION_STATS } from './stat.entity.js';
import { ALL_NUMBERS, NOTHING, plus, TOTALS, type Sums } from './sums.js';

export const GROUPINGS = ['day', 'hour', 'number', 'session', 'account', 'country'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface StatsQuestion {
  /** Every account where left out. */
  accountId?: string | undefined;
  /** First instant; rounded down to its hour. */
  from: number;
  /** The instant after the last; rounded up to a full hour. */
  to: number;
  groupBy: Grouping;
}

/**
 * `key`, by grouping: `2026-11-22T19:00:00Z`, `2026-11-22` (UTC), `+14155550100`, session uuid, auth id, ISO 3166 code of the virtual number's
 * country. A number or country that nobody told is `unknown`.
 */
export interface StatsRow extends Sums {
  key: string;
}

const SESSIONS_PAGE = 1000;

const groupedBy = (column: string) => selection({ group: { sql: column, from: String }, ...TOTALS });
const BY_SESSION = groupedBy(SESSION_STATS.column('sessionId'));
const SPENT = selection({ micros: number(`COALESCE(SUM(${CALL_STATS.column('amount')}), 0)`) });

type Group = Selected<typeof BY_SESSION>;

/** Answers from the roll-ups: what it costs depends on hours, numbers and accounts, not on calls. Rows come in the order of their keys. */
@Injectable()
export class ReadStats {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
  ) {}

  /** The rows after a key; all of them where no limit is given. */
  run(question: StatsQuestion, { after = '', limit }: { after?: string; limit?: number } = {}): Promise<StatsRow[]> {
    return this.database.browse(async (manager) => {
      const accountIds = await this.accountsOf(manager, question);
      if (accountIds.length === 0) return [];
      if (question.groupBy === 'session')
        return sessions(manager, this.database, accountIds, question, { after, limit: limit ?? SESSIONS_PAGE });
      const rows = (await this.grouped(manager, accountIds, question)).filter(({ key }) => key > after);
      return rows.slice(0, limit ?? rows.length);
    });
  }

  /** Page by page, so that any number of rows takes the memory of one page. */
  async *pages(question: StatsQuestion): AsyncGenerator<StatsRow[]> {
    if (question.groupBy !== 'session') {
      yield await this.run(question);
      return;
    }
    for (let after = ''; ;) {
      const page = await this.run(question, { after, limit: SESSIONS_PAGE });
      if (page.length > 0) yield page;
      if (page.length < SESSIONS_PAGE) return;
      after = page.at(-1)?.key ?? '';
    }
  }

  private async accountsOf(manager: Tx, { accountId }: StatsQuestion): Promise<string[]> {
    if (accountId === undefined) return this.accounts.ids(manager);
    await this.accounts.require(manager, accountId);
    return [accountId];
  }

  private async grouped(manager: Tx, accountIds: string[], question: StatsQuestion): Promise<StatsRow[]> {
    const { groupBy } = question;
    switch (groupBy) {
      case 'hour':
        return merged(await this.sums(manager, accountIds, question, 'hour'), (hour) => isoHour(Number(hour)));
      case 'day':
        return merged(await this.sums(manager, accountIds, question, 'hour'), (hour) =>
          isoHour(Number(hour)).slice(0, 10),
        );
      case 'account':
        return merged(await this.sums(manager, accountIds, question, 'accountId'), (accountId) => accountId);
      case 'number':
        return merged(await this.sums(manager, accountIds, question, 'virtualNumber'), shownNumber);
      case 'country':
        return merged(await this.sums(manager, accountIds, question, 'virtualNumber'), countryOf);
      case 'session':
        throw new Error('sessions are read page by page');
    }
  }

  private async sums(
    manager: Tx,
    accountIds: string[],
    question: StatsQuestion,
    by: 'hour' | 'accountId' | 'virtualNumber',
  ): Promise<Group[]> {
    const numbers = by === 'virtualNumber' ? '<>' : '=';
    const column = CALL_STATS.column(by);
    return groupedBy(column).read(
      manager,
      `FROM call_stat WHERE account_id IN (${marks(accountIds)}) AND virtual_number ${numbers} ? AND hour >= ? AND hour < ? GROUP BY ${column}`,
      [...accountIds, ALL_NUMBERS, ...hoursOf(question)],
    );
  }
}

/** What the calls of an account that began since an hour have come to, in micro-units. */
export async function spentSince(tx: Tx, accountId: string, since: number): Promise<number> {
  const [spent] = await SPENT.read(tx, 'FROM call_stat WHERE account_id = ? AND virtual_number = ? AND hour >= ?', [
    accountId,
    ALL_NUMBERS,
    since,
  ]);
  return spent?.micros ?? 0;
}

/**
 * In the order of the primary key, from where the page before ended. The plus signs (SQLite) and the hint keep the index of hours out, by which all
 * sessions would be sorted for each page: a second each of a million.
 */
async function sessions(
  manager: Tx,
  database: Database,
  accountIds: string[],
  question: StatsQuestion,
  { after, limit }: { after: string; limit: number },
): Promise<StatsRow[]> {
  const groups = await BY_SESSION.read(
    manager,
    `FROM session_stat ${database.byPrimaryKey}
     WHERE session_id > ? AND +account_id IN (${marks(accountIds)}) AND +hour >= ? AND +hour < ? GROUP BY session_id ORDER BY session_id LIMIT ${limit}`,
    [after, ...accountIds, ...hoursOf(question)],
  );
  return groups.map(({ group, ...sums }) => ({ key: group, ...sums }));
}

/** Several rows may share a key: hours of a day, numbers of a country. */
function merged(groups: Group[], keyOf: (group: string) => string): StatsRow[] {
  const byKey = new Map<string, Sums>();
  for (const { group, ...sums } of groups) {
    const key = keyOf(group);
    byKey.set(key, plus(byKey.get(key) ?? NOTHING, sums));
  }
  return [...byKey].map(([key, sums]) => ({ key, ...sums })).sort((one, other) => (one.key < other.key ? -1 : 1));
}

function hoursOf({ from, to }: StatsQuestion): [number, number] {
  return [hourOf(from), hourOf(to + HOUR_MS - 1)];
}

function isoHour(hour: number): string {
  return `${new Date(hour).toISOString().slice(0, 19)}Z`;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function shownNumber(digits: string): string {
  return isNumber(digits) ? `+${digits}` : digits;
}

function countryOf(digits: string): string {
  return (isNumber(digits) && describeNumber(digits as E164).country) || 'unknown';
}
