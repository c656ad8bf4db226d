import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Clock } from '../platform/clock.js';
import { number, selection } from '../platform/database/rows.js';
import { Database } from '../platform/database/database.js';
import { listMeta, type ListMeta } from '../platform/http/resource-list.js';
import { InvalidParameter } from '../platform/errors.js';
import { FindSession } from './find-session.js';
import type { SessionAnswer } from './session-answer.js';
import { sessionFilter } from './session-filter.js';
import { canonicalFilterName, ListSessionsDto } from './session-list.dto.js';
import { SESSIONS } from './session.entity.js';
import { SessionRecords, type SessionOwner } from './session-record.js';

const MAX_PAGE = 20;

const ROWS = selection(SESSIONS.fields('s'));
const COUNT = selection({ n: number('COUNT(*)') });

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
    const filter = sessionFilter(owner, request, this.records, this.clock.now());
    const path = `/v1/Account/${owner.subaccountId ?? owner.accountId}/Masking/Session/`;

    return this.database.browse(async (manager) => {
      const [count] = await COUNT.read(manager, `FROM masking_session s WHERE ${filter.sql}`, filter.parameters);
      const rows = await ROWS.read(
        manager,
        `FROM masking_session s WHERE ${filter.sql} ORDER BY s.created_at DESC, s.id DESC LIMIT ${limit} OFFSET ${offset}`,
        filter.parameters,
      );
      const answers = await this.findSession.answers(
        manager,
        rows.map((row) => this.records.fromRow(row)),
      );
      return {
        meta: listMeta(path, { limit, offset, filters: named }, count?.n ?? 0),
        objects: answers.map((answer) => ({ ...answer, resource_uri: `${path}${answer.session_uuid}/` })),
      };
    });
  }
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
