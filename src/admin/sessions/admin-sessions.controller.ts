import type { Readable } from 'node:stream';
import { Controller, Get, Param, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionTimeline } from '../../call-routing/index.js';
import { EndSession, SearchSessions, SessionAlreadyExpired, type FoundSession } from '../../sessions/index.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { Log } from '../../platform/logging/logger.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import {
  COUNTED,
  CountQuery,
  MOST_COUNTED,
  SESSION,
  SESSION_COLUMNS,
  SESSION_WITH_TIMELINE,
  sessionCells,
  SESSIONS_CSV,
  SESSIONS_PAGE,
  SessionsQuery,
  shownEntry,
  shownSession,
} from './admin-sessions.dto.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { csvOf, isCsvWanted } from '../csv.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { ReadNumber } from '../reading/read-number.js';
import { ReadParty } from '../reading/read-party.js';
import { isoText } from '../values.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

/** Of a CSV: some 4 kB a session in memory. */
const PAGE = 200;

@Controller('admin/sessions')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class AdminSessionsController {
  constructor(
    private readonly searchSessions: SearchSessions,
    private readonly sessionTimeline: SessionTimeline,
    private readonly endSession: EndSession,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
    private readonly readNumber: ReadNumber,
    private readonly readParty: ReadParty,
    private readonly log: Log,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Sessions, newest first',
    operationId: 'searchSessions',
    description:
      'As CSV (`format=csv`, or `Accept: text/csv`) all that the filters leave, one account after the other; that is audited.',
    answers: { 200: ['A page of them, or all as CSV.', SESSIONS_PAGE, { 'text/csv': SESSIONS_CSV }] },
    refusals: [NotFound],
  })
  async list(
    @Query() query: SessionsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const before = placeBefore(query, 'sessions');
    const search = await this.searchOf(query);
    if (isCsvWanted(query.format, request)) return this.csv(search, request, reply);
    return pageOf(await this.searchSessions.run({ ...search, before, limit: query.limit + 1 }), query, {
      list: 'sessions',
      keyOf: ({ session }) => keyOfPlace({ at: session.createdAt, id: session.id }),
      show: shownSession,
    });
  }

  @Get('count')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'How many sessions the filters leave',
    operationId: 'countSessions',
    description: `Counted up to ${MOST_COUNTED}.`,
    answers: { 200: ['How many there are.', COUNTED] },
    refusals: [NotFound],
  })
  async count(@Query() query: CountQuery): Promise<{ sessions: number; is_all: boolean }> {
    const counted = await this.searchSessions.count(await this.searchOf(query), MOST_COUNTED + 1);
    return { sessions: Math.min(counted, MOST_COUNTED), is_all: counted <= MOST_COUNTED };
  }

  @Get(':uuid')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'A session with all that happened in it',
    operationId: 'getSessionTimeline',
    answers: { 200: ['The session.', SESSION_WITH_TIMELINE] },
  })
  one(@Param('uuid') uuid: string) {
    return this.database.browse(async (manager) => {
      const found = await this.searchSessions.one(manager, uuid.toLowerCase());
      const timeline = await this.sessionTimeline.run(manager, found.session);
      return { ...shownSession(found), renewals: found.session.renewals, timeline: timeline.map(shownEntry) };
    });
  }

  @Post(':uuid/end')
  @MayAsk('support')
  @Documented({
    summary: 'End a session now; a running call goes on',
    operationId: 'endSession',
    answers: { 200: ['The session as it is now.', SESSION] },
    refusals: [Conflict],
  })
  async end(
    @Param('uuid') uuid: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const { session } = await this.searchSessions.one(tx, uuid.toLowerCase());
      await this.endNow(tx, session);
      const details = { account: session.accountId };
      await this.audit.record(tx, { action: 'session.ended', target: session.id, details }, request);
      const body = shownSession(await this.searchSessions.one(tx, session.id));
      return { status: 200, body, about: session.id };
    });
    reply.status(answer.status);
    return answer.body;
  }

  private async searchOf({ account: accountId, party, virtual_number: number, status, from, to }: CountQuery) {
    return {
      accountId,
      party: await this.readParty.run(party, accountId),
      virtualNumber: await this.readNumber.run('virtual_number', number, accountId),
      status,
      from,
      to,
    };
  }

  private async csv(search: Search, request: FastifyRequest, reply: FastifyReply): Promise<Readable> {
    const rows = async function* (sessions: SearchSessions) {
      for await (const page of sessions.pages(search, PAGE)) yield page.map(sessionCells);
    };
    const csv = await csvOf({ columns: SESSION_COLUMNS, pages: rows(this.searchSessions) }, request, reply, this.log);
    const span = { from: isoText(search.from ?? null), to: isoText(search.to ?? null) };
    // Which filters were used; a person's number is one of them, and no word of the audit.
    const filters = Object.keys(request.query as object).filter((name) => name !== 'format');
    const details = { account: search.accountId ?? null, ...span, filters: filters.sort().join() };
    const write: AuditedWrite = { action: 'sessions.exported', target: 'sessions', details };
    await this.database.transaction((tx) => this.audit.record(tx, write, request));
    return csv;
  }

  private async endNow(tx: Tx, { id, accountId }: FoundSession['session']): Promise<void> {
    try {
      await this.endSession.run(tx, { accountId, subaccountId: null }, id);
    } catch (error) {
      throw error instanceof SessionAlreadyExpired ? new Conflict('the session has already ended') : error;
    }
  }
}

type Search = Parameters<SearchSessions['pages']>[0];
