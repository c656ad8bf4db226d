import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Clock } from '../platform/clock.js';
import { marks, number, selection } from '../platform/database/rows.js';
import { Database } from '../platform/database/database.js';
import { listMeta, type ListMeta } from '../platform/http/resource-list.js';
import { InvalidParameter } from '../platform/errors.js';
import { SESSIONS_WITH_LEGS } from './interactions.js';
import { FindSession } from './find-session.js';
import type { SessionAnswer } from './session-answer.js';
import { regionOf, sessionFilter, type Region } from './session-filter.js';
import { canonicalFilterName, ListSessionsDto } from './session-list.dto.js';
import { SESSIONS } from './session.entity.js';
import { SessionRecords, type SessionOwner, type SessionRecord } from './session-record.js';
import { idsWithin, stretchesOf } from './walk-region.js';

const MAX_PAGE = 20;

const ROWS = selection(SESSIONS.fields('s'));
const KEYS = selection(SESSIONS.pick(['id'], 's'));
const COUNT = selection({ n: number('COUNT(*)') });

interface Page {
  limit: number;
  offset: number;
}

export interface SessionPage {
  meta: ListMeta;
  objects: (SessionAnswer & { resource_uri: string })[];
}

/** One page of an account's sessions, newest first. Without a bound on time, those created in the last 7 days. */
@Injectable()
export class ListSessions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly records: SessionRecords,
    private readonly findSession: FindSession,
  ) {}

  async run(owner: SessionOwner, query: Record<string, unknown>): Promise<SessionPage> {
    const { request, named } = readListQuery(query);
    const limit = Math.min(Math.max(request.limit ?? MAX_PAGE, 1), MAX_PAGE);
    const offset = request.offset ?? 0;
    const now = this.clock.now();
    const path = `/v1/Account/${owner.subaccountId ?? owner.accountId}/Masking/Session/`;

    return this.database.browse(async (manager) => {
      const region = regionOf(owner, request, now);
      const { total, ids } = region
        ? await this.walked(manager, region, { limit, offset })
        : await this.picked(manager, owner, request, { limit, offset, now });
      const answers = await this.findSession.answers(manager, await this.inOrder(manager, ids));
      return {
        meta: listMeta(path, { limit, offset, filters: named }, total),
        objects: answers.map((answer) => ({ ...answer, resource_uri: `${path}${answer.session_uuid}/` })),
      };
    });
  }

  private async walked(manager: EntityManager, region: Region, page: Page): Promise<{ total: number; ids: string[] }> {
    const stretches = await stretchesOf(manager, this.database, region);
    const ids = await idsWithin(manager, this.database, region, stretches, page);
    return { total: stretches.reduce((sum, { sessions }) => sum + sessions, 0), ids };
  }

  /** Of a party, of a number, in progress or of some duration: those are looked through in their own index. */
  private async picked(
    manager: EntityManager,
    owner: SessionOwner,
    request: ListSessionsDto,
    { limit, offset, now }: Page & { now: number },
  ): Promise<{ total: number; ids: string[] }> {
    const { sql, parameters } = sessionFilter(owner, request, this.records, now);
    const source = sourceOf(this.database, owner, request);
    const values = [...source.parameters, ...parameters];
    const [count] = await COUNT.read(manager, `${source.sql} WHERE ${sql}`, values);
    if (count === undefined || count.n <= offset) return { total: count?.n ?? 0, ids: [] };
    const page = `ORDER BY s.created_at DESC, s.id DESC LIMIT ${limit} OFFSET ${offset}`;
    const keys = await KEYS.read(manager, `${source.sql} WHERE ${sql} ${page}`, values);
    return { total: count.n, ids: keys.map(({ id }) => id) };
  }

  private async inOrder(manager: EntityManager, ids: string[]): Promise<SessionRecord[]> {
    if (ids.length === 0) return [];
    const rows = await ROWS.read(
      manager,
      `FROM masking_session s ${this.database.byPrimaryKey} WHERE s.id IN (${marks(ids)})`,
      ids,
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []).map((row) => this.records.fromRow(row));
  }
}

/** Named, because SQLite without statistics takes the index of the list, and walks through all sessions of the account. */
function sourceOf(
  database: Database,
  { accountId }: SessionOwner,
  { first_party, second_party, virtual_number, status }: ListSessionsDto,
): { sql: string; parameters: unknown[] } {
  const along = (index: string) => ({
    sql: `FROM masking_session s ${database.byIndex(`masking_session_${index}`)}`,
    parameters: [],
  });
  if (first_party !== undefined) return along('first');
  if (second_party !== undefined) return along('second');
  if (status === 'in-progress') return { sql: SESSIONS_WITH_LEGS, parameters: [accountId] };
  return along(virtual_number === undefined ? 'created' : 'number');
}

/** The query as a DTO, and its filters under their documented names for the links to other pages. */
function readListQuery(query: Record<string, unknown>): { request: ListSessionsDto; named: Record<string, string> } {
  const canonical: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(query)) {
    canonical[canonicalFilterName(name)] = Array.isArray(value) ? value.at(-1) : value;
  }
  const request = plainToInstance(ListSessionsDto, canonical);
  const [problem] = validateSync(request, { stopAtFirstError: true });
  if (problem)
    throw new InvalidParameter(Object.values(problem.constraints ?? {})[0] ?? 'Invalid parameter', problem.property);
  const known = new Set(Object.keys(request).filter((name) => request[name as keyof ListSessionsDto] !== undefined));
  const named = Object.entries(canonical).filter(([name]) => known.has(name) && isFilter(name));
  return { request, named: Object.fromEntries(named.map(([name, value]) => [name, String(value)])) };
}

function isFilter(name: string): boolean {
  return /^(first_party|second_party|virtual_number|status|subaccount|(created_time|expiry_time|duration)(__(gt|gte|lt|lte))?)$/.test(
    name,
  );
}
