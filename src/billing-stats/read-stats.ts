import { Injectable } from '@nestjs/common';
import { Accounts } from '../accounts/index.js';
import { HOUR_MS } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { marks, number, selection, text } from '../platform/database/rows.js';
import { InvalidRequest } from '../platform/errors.js';
import type { TimeZone } from '../platform/time-zone.js';
import { billedAccounts, requireBilled } from './billed-accounts.js';
import { Grouped, type Group, type Grouping, type StatsRow } from './group-stats.js';
import { ALL_NUMBERS, TOTALS } from './sums.js';

export interface StatsQuestion {
  /** Every account where left out, deleted ones too. */
  accountId?: string | undefined;
  /** First instant; rounded down to its hour, by the clocks of the zone. */
  from: number;
  /** The instant after the last; rounded up to a full hour. */
  to: number;
  /** One to three, each once. */
  groupBy: readonly Grouping[];
  zone: TimeZone;
}

/** Groups that are put together in memory, some 300 bytes each. */
const MOST_GROUPS = 100_000;
const PAGE = 1000;

const NEXT_SESSIONS = selection({ sessionId: text('session_id') });
const SPENT = selection({ micros: number('COALESCE(SUM(amount + text_amount), 0)') });

/** Answers from the roll-ups: what it costs depends on hours, numbers and accounts, not on calls. Rows come in the order of their keys. */
@Injectable()
export class ReadStats {
  constructor(
    private readonly database: Database,
    private readonly accounts: Accounts,
  ) {}

  /** The rows after a key; all of them where no limit is given. Refuses what comes to more groups than are put together at once. */
  run(question: StatsQuestion, { after = '', limit }: { after?: string; limit?: number } = {}): Promise<StatsRow[]> {
    return this.database.browse(async (manager) => {
      const accountIds = await this.accountsOf(manager, question);
      if (accountIds.length === 0) return [];
      if (isBySession(question)) return this.sessions(manager, accountIds, question, { after, limit: limit ?? PAGE });
      const rows = (await this.grouped(manager, accountIds, question)).filter(({ key }) => key > after);
      return rows.slice(0, limit ?? rows.length);
    });
  }

  /** Page by page; where sessions come first, any number of rows takes the memory of one page. */
  async *pages(question: StatsQuestion): AsyncGenerator<StatsRow[]> {
    if (!isBySession(question)) {
      const rows = await this.run(question);
      for (let from = 0; from < rows.length; from += PAGE) yield rows.slice(from, from + PAGE);
      return;
    }
    for (let after = ''; ;) {
      const page = await this.run(question, { after, limit: PAGE });
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.key ?? '';
    }
  }

  private async accountsOf(manager: Tx, { accountId }: StatsQuestion): Promise<string[]> {
    if (accountId === undefined) return billedAccounts(manager, this.accounts);
    await requireBilled(manager, this.accounts, accountId);
    return [accountId];
  }

  private async grouped(manager: Tx, accountIds: string[], question: StatsQuestion): Promise<StatsRow[]> {
    const [from, to] = hoursOf(question);
    const grouped = new Grouped(question.groupBy, question.zone, from, to);
    const isOfSessions = question.groupBy.includes('session');
    const ofNumbers = `virtual_number ${grouped.isByNumber ? '<>' : '='} '${ALL_NUMBERS}' AND`;
    const groups = await this.read(
      manager,
      grouped,
      `FROM ${isOfSessions ? 'session_stat' : 'call_stat'} WHERE account_id IN (${marks(accountIds)})
         AND ${isOfSessions ? '' : ofNumbers} hour >= ? AND hour < ? GROUP BY ${grouped.names()} LIMIT ${MOST_GROUPS + 1}`,
      [...accountIds, from, to],
    );
    if (groups.length > MOST_GROUPS)
      throw new InvalidRequest(
        `group_by comes to more than ${MOST_GROUPS} rows: ask for a shorter time, one account or fewer keys, or put session first`,
        { param: 'group_by' },
      );
    return grouped.rows(groups);
  }

  /**
   * In the order of the primary key, from where the page before ended; a session that it ended in the middle of is read again. The plus signs (SQLite)
   * and the hint keep the index of hours out, by which all sessions would be sorted for each page: a second each of a million.
   */
  private async sessions(
    manager: Tx,
    accountIds: string[],
    question: StatsQuestion,
    { after, limit }: { after: string; limit: number },
  ): Promise<StatsRow[]> {
    const [from, to] = hoursOf(question);
    const source = `FROM session_stat ${this.database.byPrimaryKey}`;
    const wanted = `+account_id IN (${marks(accountIds)}) AND +hour >= ? AND +hour < ?`;
    const bounds = [...accountIds, from, to];
    const [begin = ''] = after.split('/');
    const next = await NEXT_SESSIONS.read(
      manager,
      `${source} WHERE session_id >= ? AND ${wanted} GROUP BY session_id ORDER BY session_id LIMIT ${limit + 1}`,
      [begin, ...bounds],
    );
    const last = next.at(-1)?.sessionId;
    if (last === undefined) return [];
    const grouped = new Grouped(question.groupBy, question.zone, from, to);
    const groups = await this.read(
      manager,
      grouped,
      `${source} WHERE session_id >= ? AND session_id <= ? AND ${wanted} GROUP BY ${grouped.names()}`,
      [begin, last, ...bounds],
    );
    const rows = grouped.rows(groups).filter(({ key }) => key > after);
    return rows.slice(0, limit);
  }

  private read(manager: Tx, grouped: Grouped, rest: string, parameters: unknown[]): Promise<Group[]> {
    return selection({ ...grouped.fields(), ...TOTALS }).read(manager, rest, parameters) as Promise<Group[]>;
  }
}

/** What the calls and texts of an account that began since an hour have come to, in micro-units. */
export async function spentSince(tx: Tx, accountId: string, since: number): Promise<number> {
  const [spent] = await SPENT.read(tx, 'FROM call_stat WHERE account_id = ? AND virtual_number = ? AND hour >= ?', [
    accountId,
    ALL_NUMBERS,
    since,
  ]);
  return spent?.micros ?? 0;
}

function isBySession({ groupBy }: StatsQuestion): boolean {
  return groupBy[0] === 'session';
}

function hoursOf({ from, to, zone }: StatsQuestion): [number, number] {
  const end = zone.hourOf(to);
  return [zone.hourOf(from), end === to ? to : end + HOUR_MS];
}
