import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountGuard, AccountSettings, principalOf } from '../accounts/index.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Idempotency } from '../platform/http/idempotency.js';
import { isUuid } from '../platform/ids.js';
import { Config } from '../platform/settings/config.js';
import { EndSession } from './end-session.js';
import { FindSession } from './find-session.js';
import { ListSessions } from './list-sessions.js';
import { OpenSession } from './open-session.js';
import type { SessionAnswer } from './session-answer.js';
import { flatMirror } from './flat-mirror.js';
import { CreateSessionPipe, UpdateSessionPipe } from './session-body.pipe.js';
import { CreateSessionDto, KNOWN_PARAMETERS, UpdateSessionDto } from './session-request.dto.js';
import { UpdateSession } from './update-session.js';
import { Documented } from '../platform/openapi/documented.js';
import { ListSessionsDto, warningsAboutList } from './session-list.dto.js';
import { CREATED_SESSION, ENDED_SESSION, FOUND_SESSION, SESSION_LIST, UPDATED_SESSION } from './session-schema.js';
import { NumberPoolExhausted, OpenSessionPerNumber, PinTaken, TextsNotPossible } from '../number-pool/index.js';
import {
  CountryKeepsCallsInside,
  DestinationNotAllowed,
  MissingParameter,
  PartyIsVirtualNumber,
  SessionAlreadyExpired,
  TextsOff,
  UrlNotAllowed,
} from './sessions.errors.js';
import { warningsAbout } from '../platform/http/unknown-parameters.js';

const CREATE = [
  'Refused with 400 for a wrong parameter (its name in `param`), and where there is no number for the session. Then `error_code` says what was in the way, and `numbers_needed` how many numbers of its country and subaccount would have done.',
  '`number_pool_exhausted`: a party is in another session on every number;',
  '`pin_taken`: numbers were free for the parties, but one of the PINs is live on each; other PINs, or generated ones, would do;',
  '`open_session_per_number`: numbers were free for the parties, but an open session (one party, no PIN) shares its number',
  'with no other open session and no PIN. None of the three is kept under an Idempotency-Key.',
].join('\n');

/** The masking API: Plivo's paths, envelopes and words. Every answer carries `api_id`, equal to the X-Request-Id header. */
@ApiTags('Masking sessions')
@Controller('v1/Account/:authId/Masking/Session')
@UseGuards(AccountGuard)
export class SessionsController {
  constructor(
    private readonly config: Config,
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
  @Documented({
    summary: 'Open a session, or renew the live one of the same ordered pair',
    operationId: 'createSession',
    description: CREATE,
    body: CreateSessionDto,
    answers: { 201: ['The session, new or renewed.', CREATED_SESSION] },
    refusals: [
      MissingParameter,
      DestinationNotAllowed,
      PartyIsVirtualNumber,
      CountryKeepsCallsInside,
      NumberPoolExhausted,
      PinTaken,
      OpenSessionPerNumber,
      TextsOff,
      TextsNotPossible,
      ...UrlNotAllowed.classes,
    ],
  })
  async create(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Body() body: Record<string, unknown>,
  ): Promise<void> {
    const owner = principalOf(request);
    const terms = await this.accountSettings.of(owner.accountId);
    const warnings = warningsOf(request, body);
    const answer = await this.idempotency.once(request, owner.subaccountId ?? owner.accountId, async (tx) => {
      const opened = await this.openSession.run(tx, owner, this.createPipe.transform(body), terms);
      const session = await this.findSession.openedAnswer(tx, opened);
      const told = { api_id: request.id, message: 'Session created', ...this.mirror(session), session };
      return { status: 201, body: { ...told, ...warnings }, about: opened.id };
    });
    await reply.status(answer.status).send(answer.body);
  }

  @Get()
  @Documented({
    summary: 'List sessions, newest first',
    operationId: 'listSessions',
    description: 'Without a bound on time, those created in the last 7 days. The filters combine with AND.',
    query: ListSessionsDto,
    answers: { 200: ['A page of them.', SESSION_LIST] },
  })
  async list(@Req() request: FastifyRequest, @Query() query: Record<string, unknown>) {
    const page = await this.listSessions.run(principalOf(request), query);
    return { api_id: request.id, message: 'Session list', response: page, ...warningsAboutList(query) };
  }

  @Get(':uuid')
  @Documented({
    summary: 'Read one session, live or ended',
    operationId: 'getSession',
    answers: { 200: ['The session.', FOUND_SESSION] },
  })
  async get(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const session = await this.findSession.run(principalOf(request), knownForm(uuid));
    return { api_id: request.id, message: 'Session details', ...this.mirror(session), response: session };
  }

  @Post(':uuid')
  @Documented({
    summary: 'Change a live session',
    operationId: 'updateSession',
    body: UpdateSessionDto,
    answers: { 200: ['The session as it is now.', UPDATED_SESSION] },
    refusals: [
      SessionAlreadyExpired,
      DestinationNotAllowed,
      PartyIsVirtualNumber,
      CountryKeepsCallsInside,
      NumberPoolExhausted,
      PinTaken,
      OpenSessionPerNumber,
      TextsOff,
      TextsNotPossible,
      ...UrlNotAllowed.classes,
    ],
  })
  async update(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('uuid') uuid: string,
    @Body() body: Record<string, unknown>,
  ): Promise<void> {
    const owner = principalOf(request);
    const policy = await this.accountSettings.of(owner.accountId);
    const warnings = warningsOf(request, body);
    const answer = await this.idempotency.once(request, owner.subaccountId ?? owner.accountId, async (tx) => {
      const changed = await this.updateSession.run(tx, owner, knownForm(uuid), this.updatePipe.transform(body), policy);
      const session = await this.findSession.answer(tx, changed);
      const told = { api_id: request.id, message: 'Session updated', ...this.mirror(session), session };
      return { status: 200, body: { ...told, ...warnings }, about: changed.id };
    });
    await reply.status(answer.status).send(answer.body);
  }

  @Delete(':uuid')
  @HttpCode(200)
  @Documented({
    summary: 'End a session now; a running call goes on',
    operationId: 'deleteSession',
    answers: { 200: ['It has ended.', ENDED_SESSION] },
    refusals: [SessionAlreadyExpired],
  })
  async delete(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const owner = principalOf(request);
    await this.database.transaction((tx) => this.endSession.run(tx, owner, knownForm(uuid)));
    return { api_id: request.id, message: 'Session expired' };
  }

  private mirror(session: SessionAnswer) {
    return flatMirror(session, this.config.sessions.flatAnswers);
  }
}

/** Parameters of a POST stand in its body. */
function warningsOf(request: FastifyRequest, body: Record<string, unknown>): { warnings?: string[] } {
  const inBody = warningsAbout(Object.keys(body), KNOWN_PARAMETERS);
  const inQuery = warningsAbout(Object.keys(request.query as object), NONE, ', whose parameters stand in its body,');
  const warnings = [...(inBody.warnings ?? []), ...(inQuery.warnings ?? [])];
  return warnings.length === 0 ? {} : { warnings };
}

const NONE: ReadonlySet<string> = new Set();

function knownForm(uuid: string): string {
  const lowered = uuid.toLowerCase();
  if (!isUuid(lowered)) throw new NotFound();
  return lowered;
}
