import { Controller, Get, Param, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionTimeline } from '../../call-routing/index.js';
import { EndSession, SearchSessions, SessionAlreadyExpired, type FoundSession } from '../../sessions/index.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import {
  SESSION,
  SESSION_WITH_TIMELINE,
  SESSIONS_PAGE,
  SessionsQuery,
  shownEntry,
  shownSession,
} from './admin-sessions.dto.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { ReadNumber } from '../reading/read-number.js';
import { Documented } from '../../platform/openapi/documented.js';

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
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Sessions, newest first',
    operationId: 'searchSessions',
    answers: { 200: ['A page of them.', SESSIONS_PAGE] },
    refusals: [NotFound],
  })
  async list(@Query() query: SessionsQuery) {
    const { account: accountId, status, limit } = query;
    const before = placeBefore(query);
    const party = await this.readNumber.run('party', query.party, accountId);
    const virtualNumber = await this.readNumber.run('virtual_number', query.virtual_number, accountId);
    const search = { accountId, party, virtualNumber, status, before, limit: limit + 1 };
    return pageOf(await this.searchSessions.run(search), query, {
      keyOf: ({ session }) => keyOfPlace({ at: session.createdAt, id: session.id }),
      show: shownSession,
    });
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

  private async endNow(tx: Tx, { id, accountId }: FoundSession['session']): Promise<void> {
    try {
      await this.endSession.run(tx, { accountId, subaccountId: null }, id);
    } catch (error) {
      throw error instanceof SessionAlreadyExpired ? new Conflict('the session has already ended') : error;
    }
  }
}
