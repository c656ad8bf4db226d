import { Body, Controller, Param, Post, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountSettings } from '../../accounts/index.js';
import { SearchSessions, SessionAlreadyExpired, UpdateSession, type FoundSession } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Conflict, InvalidRequest } from '../../platform/errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { Documented } from '../../platform/openapi/documented.js';
import { Config } from '../../platform/settings/config.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { isoText } from '../values.dto.js';
import { SESSION, SessionExtension, shownSession } from './admin-sessions.dto.js';

/** Support keeps two people connected for longer. It ends nothing earlier: that is what `end` is for. */
@Controller('admin/sessions/:uuid/extend')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class ExtendSessionController {
  constructor(
    private readonly searchSessions: SearchSessions,
    private readonly updateSession: UpdateSession,
    private readonly settings: AccountSettings,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  @Post()
  @MayAsk('support')
  @Documented({
    summary: 'Let a session end later, as its account could',
    operationId: 'extendSession',
    description: 'Nothing else of it changes. 409 where it has ended, has no end, or would end later anyway.',
    answers: { 200: ['The session as it is now.', SESSION] },
    refusals: [Conflict],
  })
  async extend(
    @Param('uuid') uuid: string,
    @Body() { session_expiry: seconds }: SessionExtension,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { maxExpirySeconds: most } = this.config.sessions;
    if (seconds > most)
      throw new InvalidRequest(`session_expiry must be at most ${most}, the MAX_SESSION_EXPIRY of this installation`, {
        param: 'session_expiry',
      });
    const id = uuid.toLowerCase();
    const { accountId } = (await this.database.browse((manager) => this.searchSessions.one(manager, id))).session;
    const terms = await this.settings.of(accountId);
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const { session } = await this.searchSessions.one(tx, id);
      if (session.expiresAt >= this.clock.now() + seconds * 1000)
        throw new Conflict('the session ends later than that, or has no end');
      await this.extendNow(tx, session, seconds, terms);
      const found = await this.searchSessions.one(tx, session.id);
      const details = { account: accountId, before: isoText(session.expiresAt), seconds };
      await this.audit.record(tx, { action: 'session.extended', target: session.id, details }, request);
      return { status: 200, body: shownSession(found), about: session.id };
    });
    reply.status(answer.status);
    return answer.body;
  }

  private async extendNow(
    tx: Tx,
    { id, accountId }: FoundSession['session'],
    seconds: number,
    terms: Awaited<ReturnType<AccountSettings['of']>>,
  ): Promise<void> {
    try {
      await this.updateSession.run(tx, { accountId, subaccountId: null }, id, { session_expiry: seconds }, terms);
    } catch (error) {
      throw error instanceof SessionAlreadyExpired ? new Conflict('the session has already ended') : error;
    }
  }
}
