import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Accounts } from '../accounts/index.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/settings/config.js';
import { countUpTo, marks, selection } from '../platform/database/rows.js';
import { Database, type Tx } from '../platform/database/database.js';
import { lookBack, LOOKED_AT_ONCE } from '../platform/database/look-back.js';
import { NotFound } from '../platform/errors.js';
import type { E164 } from '../telephony/phone.js';
import type { Interaction } from './interaction.entity.js';
import { readInteractions, SESSIONS_WITH_LEGS } from './interactions.js';
import { sessionAnswer, type SessionAnswer } from './session-answer.js';
import { NO_TEXTS, ReadTextTotals, type TextTotals } from './text-totals.js';
import { regionOf, sessionFilter, type Region } from './session-filter.js';
import { SESSIONS, type MaskingSession } from './session.entity.js';
import { SessionRecords, WHOLE, type SessionRecord } from './session-record.js';
import { idsWithin, stretchesOf } from './walk-region.js';

export interface SessionSearch {
  accountId?: string | undefined;
  /** In either role. */
  party?: E164 | undefined;
  virtualNumber?: E164 | undefined;
  /** `active` includes `in-progress`, as in the masking API. */
  status?: 'active' | 'in-progress' | 'expired' | undefined;
  /** Opened from this instant on. */
  from?: number | undefined;
  /** Opened before this instant. */
  to?: number | undefined;
  /** The last session of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

export interface FoundSession {
  session: SessionRecord;
  interactions: Interaction[];
  /** Null where it never had any. */
  texts: TextTotals | null;
  /** As its customer sees it. */
  answer: SessionAnswer;
}

const ROWS = selection(SESSIONS.fields('s'));

/** The list of the masking API looks back 7 days unless told otherwise; this one has no bound of its own. */
function openedWithin({ from = 0, to }: Pick<SessionSearch, 'from' | 'to'>) {
  return {
    created_time__gte: { from, until: from },
    ...(to !== undefined && { created_time__lt: { from: to, until: to } }),
  };
}

/**
 * Both roles by their own index. With an OR instead, the databases walk through all sessions of the account for the sake of the order: with
 * 300,000 of them 0.4 s on SQLite and 4 s on MariaDB, against 2 ms. CROSS JOIN: SQLite takes it in the order of writing.
 */
const SESSIONS_OF_PARTY = `(SELECT id FROM masking_session WHERE first_index = ? UNION ALL SELECT id FROM masking_session WHERE second_index = ?) p
  CROSS JOIN masking_session s ON s.id = p.id`;

/** Sessions of all accounts, for operators; newest first. */
@Injectable()
export class SearchSessions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly records: SessionRecords,
    private readonly accounts: Accounts,
    private readonly textTotals: ReadTextTotals,
  ) {}

  run(search: SessionSearch): Promise<FoundSession[]> {
    return this.database.browse(async (manager) => {
      // One account at a time: each has its own index of parties, and a walk in the order of its sessions.
      const rows: MaskingSession[] = [];
      for (const accountId of await this.accountsOf(manager, search))
        rows.push(...(await this.ofAccount(manager, accountId, search)));
      const page = rows.sort(newestFirst).slice(0, search.limit);
      return this.shown(manager, page);
    });
  }

  /**
   * The newest sessions of an account of which a party's number ends in these digits, among the newest `most`: numbers are sealed, and found whole by their
   * index, so each is opened here. 10 us a session besides the reading, with turns for others in between. `since`: when the oldest that was looked at was opened;
   * null where all were.
   */
  async endingIn(
    digits: string,
    accountId: string,
    bound: { most: number; limit: number },
  ): Promise<{ sessions: FoundSession[]; since: number | null }> {
    const page = (before: { id: string; createdAt: number }): Promise<MaskingSession[]> =>
      this.database.browse((manager) =>
        ROWS.read(
          manager,
          `FROM masking_session s ${this.database.byIndex('masking_session_created')}
           WHERE s.account_id = ? AND s.created_at <= ? AND (s.created_at < ? OR s.id < ?)
           ORDER BY s.created_at DESC, s.id DESC LIMIT ${LOOKED_AT_ONCE}`,
          [accountId, before.createdAt, before.createdAt, before.id],
        ),
      );
    const { ids, since } = await lookBack(bound, page, (row) => {
      const { first, second } = this.records.fromRow(row).parties;
      return [first, second].some((number) => number?.endsWith(digits));
    });
    return { sessions: await this.ofIds(ids), since };
  }

  /** How many there are, counted up to a number. */
  count(search: Omit<SessionSearch, 'before' | 'limit'>, most: number): Promise<number> {
    return this.database.browse(async (manager) => {
      let total = 0;
      for (const accountId of await this.accountsOf(manager, search)) {
        if (total >= most) break;
        total += await this.countOfAccount(manager, accountId, search, most - total);
      }
      return total;
    });
  }

  /** In how many sessions of an account a person is a party, counted up to a number in each role. */
  countOf(accountId: string, party: E164, most: number): Promise<number> {
    const index = this.records.partyIndex(accountId, party);
    return this.database.browse(async (manager) => {
      let total = 0;
      for (const role of ['first', 'second'])
        total += await countUpTo(manager, `FROM masking_session WHERE ${role}_index = ?`, [index], most);
      return total;
    });
  }

  /** Page after page of all of an account, or of one account after the other: each page reads of one alone. */
  async *pages(search: Omit<SessionSearch, 'before' | 'limit'>, limit: number): AsyncGenerator<FoundSession[]> {
    const accountIds = await this.database.browse((manager) => this.accountsOf(manager, search));
    for (const accountId of accountIds) {
      for (let before: SessionSearch['before']; ;) {
        const page = await this.run({ ...search, accountId, before, limit });
        yield page;
        const last = page.at(-1)?.session;
        if (page.length < limit || last === undefined) break;
        before = { at: last.createdAt, id: last.id };
      }
    }
  }

  /** Refuses a session that no account has. */
  async one(tx: Tx, id: string): Promise<FoundSession> {
    const [row] = await WHOLE.read(tx, 'FROM masking_session WHERE id = ?', [id]);
    const [found] = await this.shown(tx, row ? [row] : []);
    if (!found) throw new NotFound();
    return found;
  }

  private ofIds(ids: string[]): Promise<FoundSession[]> {
    return this.database.browse(async (manager) => {
      if (ids.length === 0) return [];
      const rows = await ROWS.read(manager, `FROM masking_session s WHERE s.id IN (${marks(ids)})`, ids);
      return this.shown(manager, rows.sort(newestFirst));
    });
  }

  private async accountsOf(manager: EntityManager, { accountId }: Pick<SessionSearch, 'accountId'>): Promise<string[]> {
    return accountId === undefined ? this.accounts.ids(manager) : [accountId];
  }

  private async ofAccount(manager: EntityManager, accountId: string, search: SessionSearch): Promise<MaskingSession[]> {
    const { before, limit } = search;
    const { region, sql, parameters } = this.questionOf(accountId, search);
    if (region) return this.walked(manager, region, { before, limit });
    const place = before ? ' AND s.created_at <= ? AND (s.created_at < ? OR s.id < ?)' : '';
    return ROWS.read(manager, `${sql}${place} ORDER BY s.created_at DESC, s.id DESC LIMIT ?`, [
      ...parameters,
      ...(before ? [before.at, before.at, before.id] : []),
      limit,
    ]);
  }

  private async countOfAccount(
    manager: EntityManager,
    accountId: string,
    search: Omit<SessionSearch, 'before' | 'limit'>,
    most: number,
  ): Promise<number> {
    const { region, sql, parameters } = this.questionOf(accountId, search);
    if (!region) return countUpTo(manager, sql, parameters, most);
    const stretches = await stretchesOf(manager, this.database, region);
    return Math.min(
      most,
      stretches.reduce((all, { sessions }) => all + sessions, 0),
    );
  }

  /** The sessions of an account that a search is about: as a region to walk through where there is one, and as a statement. */
  private questionOf(accountId: string, search: Omit<SessionSearch, 'before' | 'limit'>) {
    const { party, virtualNumber, status } = search;
    const request = {
      ...openedWithin(search),
      ...(virtualNumber !== undefined && { virtual_number: virtualNumber }),
      ...(status !== undefined && { status }),
    };
    const owner = { accountId, subaccountId: null };
    const now = this.clock.now();
    const filter = sessionFilter(owner, request, this.records, now);
    const index = party === undefined ? null : this.records.partyIndex(accountId, party);
    const source = this.sourceOf(accountId, search, index);
    return {
      region: party === undefined ? regionOf(owner, request, now) : null,
      sql: `${source.sql} WHERE ${filter.sql}`,
      parameters: [...source.parameters, ...filter.parameters],
    };
  }

  private sourceOf(
    accountId: string,
    { virtualNumber, status }: Pick<SessionSearch, 'virtualNumber' | 'status'>,
    index: string | null,
  ) {
    if (index !== null) return { sql: `FROM ${SESSIONS_OF_PARTY}`, parameters: [index, index] };
    if (status === 'in-progress') return { sql: SESSIONS_WITH_LEGS, parameters: [accountId] };
    const along = virtualNumber === undefined ? 'masking_session_created' : 'masking_session_number';
    return { sql: `FROM masking_session s ${this.database.byIndex(along)}`, parameters: [] };
  }

  private async walked(
    manager: EntityManager,
    region: Region,
    { before, limit }: Pick<SessionSearch, 'before' | 'limit'>,
  ): Promise<MaskingSession[]> {
    if (before) region.created.until = Math.min(region.created.until, before.at + 1);
    const stretches = await stretchesOf(manager, this.database, region);
    const ids = await idsWithin(manager, this.database, region, stretches, { offset: 0, limit, before });
    return ids.length === 0
      ? []
      : ROWS.read(manager, `FROM masking_session s ${this.database.byPrimaryKey} WHERE s.id IN (${marks(ids)})`, ids);
  }

  private async shown(manager: EntityManager, rows: MaskingSession[]): Promise<FoundSession[]> {
    const ids = rows.map((row) => row.id);
    const bySession = await readInteractions(manager, ids);
    const context = {
      now: this.clock.now(),
      publicUrl: this.config.http.publicUrl,
    };
    const sessions = rows.map((row) => this.records.fromRow(row));
    const totals = await this.textTotals.of(manager, sessions);
    return sessions.map((session) => {
      const interactions = bySession.get(session.id) ?? [];
      const texts = totals.get(session.id) ?? null;
      return { session, interactions, texts, answer: sessionAnswer(session, interactions, context, texts ?? NO_TEXTS) };
    });
  }
}

function newestFirst(one: MaskingSession, other: MaskingSession): number {
  return other.createdAt - one.createdAt || (other.id < one.id ? -1 : 1);
}

const NUMBERS_OF = selection(SESSIONS.pick(['id', 'virtualNumber']));

/** The virtual numbers of some sessions, also of ended ones whose number has left the pool. */
export async function virtualNumbersOf(manager: EntityManager, sessionIds: string[]): Promise<Map<string, string>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await NUMBERS_OF.read(manager, `FROM masking_session WHERE id IN (${marks(sessionIds)})`, sessionIds);
  return new Map(rows.map((row) => [row.id, row.virtualNumber]));
}
