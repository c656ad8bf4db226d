import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBasicAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountGuard, AccountSettings, principalOf } from '../accounts/index.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { isUuid } from '../platform/ids.js';
import { EndSession } from './end-session.js';
import { FindSession } from './find-session.js';
import { ListSessions } from './list-sessions.js';
import { OpenSession } from './open-session.js';
import { flatMirror } from './session-answer.js';
import { CreateSessionPipe, UpdateSessionPipe } from './session-body.pipe.js';
import { CreateSessionDto, UpdateSessionDto } from './session-request.dto.js';
import { UpdateSession } from './update-session.js';

const REFUSED_CREATE = [
  'A wrong parameter (its name in `param`), or no number for the session.',
  'Then `error_code` says what was in the way, and `numbers_needed` how many numbers of its country and subaccount would have done.',
  '`number_pool_exhausted`: a party is in another session on every number;',
  '`pin_taken`: numbers were free for the parties, but one of the PINs is live on each; other PINs, or generated ones, would do;',
  '`open_session_per_number`: numbers were free for the parties, but an open session (one party, no PIN) shares its number',
  'with no other open session and no PIN. None of the three is kept under an Idempotency-Key.',
].join('\n');

/** The masking API: Plivo's paths, envelopes and words. Every answer carries `api_id`, equal to the X-Request-Id header. */
@ApiTags('Masking sessions')
@ApiBasicAuth()
@Controller('v1/Account/:authId/Masking/Session')
@UseGuards(AccountGuard)
export class SessionsController {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly openSession: OpenSession,
    private readonly updateSession: UpdateSession,
    private readonly endSession: EndSession,
    private readonly findSession: FindSession,
    private readonly listSessions: ListSessions,
    private readonly accountSettings: AccountSettings,
    private readonly createPipe: CreateSessionPipe,
    private readonly updatePipe: UpdateSessionPipe,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Open a session, or renew the live one of the same ordered pair (201)',
    operationId: 'createSession',
  })
  @ApiBody({ type: CreateSessionDto })
  @ApiCreatedResponse({ description: 'The session, new or renewed.' })
  @ApiBadRequestResponse({ description: REFUSED_CREATE })
  async create(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: Record<string, unknown>,
  ): Promise<void> {
    const owner = principalOf(request);
    const terms = await this.accountSettings.of(owner.accountId);
    const answer = await this.idempotency.once(request, owner.subaccountId ?? owner.accountId, async (tx) => {
      const opened = await this.openSession.run(tx, owner, this.createPipe.transform(body), terms);
      const session = await this.findSession.openedAnswer(tx, opened);
      const mirror = flatMirror(session);
      const told = { api_id: request.id, message: 'Session created', ...mirror, session };
      return { status: 201, body: told, about: opened.id };
    });
    await reply.status(answer.status).send(answer.body);
  }

  @Get()
  @ApiOperation({ summary: 'List sessions, newest first', operationId: 'listSessions' })
  async list(@Req() request: FastifyRequest, @Query() query: Record<string, unknown>) {
    const page = await this.listSessions.run(principalOf(request), query);
    return { api_id: request.id, message: 'Session list', response: page };
  }

  @Get(':uuid')
  @ApiOperation({ summary: 'Read one session, live or ended', operationId: 'getSession' })
  async get(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const session = await this.findSession.run(principalOf(request), knownForm(uuid));
    return { api_id: request.id, message: 'Session details', ...flatMirror(session), response: session };
  }

  @Post(':uuid')
  @ApiOperation({ summary: 'Change a live session', operationId: 'updateSession' })
  @ApiBody({ type: UpdateSessionDto })
  async update(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('uuid') uuid: string,
    @Body() body: Record<string, unknown>,
  ): Promise<void> {
    const owner = principalOf(request);
    const policy = await this.accountSettings.of(owner.accountId);
    const answer = await this.idempotency.once(request, owner.subaccountId ?? owner.accountId, async (tx) => {
      const changed = await this.updateSession.run(tx, owner, knownForm(uuid), this.updatePipe.transform(body), policy);
      const session = await this.findSession.answer(tx, changed);
      const told = { api_id: request.id, message: 'Session updated', ...flatMirror(session), session };
      return { status: 200, body: told, about: changed.id };
    });
    await reply.status(answer.status).send(answer.body);
  }

  @Delete(':uuid')
  @HttpCode(200)
  @ApiOperation({ summary: 'End a session now; a running call goes on', operationId: 'deleteSession' })
  async delete(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const owner = principalOf(request);
    await this.database.transaction((tx) => this.endSession.run(tx, owner, knownForm(uuid)));
    return { api_id: request.id, message: 'Session expired' };
  }
}

function knownForm(uuid: string): string {
  const lowered = uuid.toLowerCase();
  if (!isUuid(lowered)) throw new NotFound();
  return lowered;
}
