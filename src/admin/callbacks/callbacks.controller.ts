import { Body, Controller, Get, Param, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FindCallbacks, ReplayCallbacks } from '../../callbacks/index.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import {
  CALLBACK,
  CallbackQuery,
  CALLBACKS_PAGE,
  CallbacksQuery,
  QUEUED,
  ReplayBody,
  shownCallback,
} from './callbacks.dto.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

@Controller('admin/callbacks')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class CallbacksController {
  constructor(
    private readonly findCallbacks: FindCallbacks,
    private readonly replayCallbacks: ReplayCallbacks,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Callbacks to customers, newest first, with their attempts',
    operationId: 'listCallbacks',
    answers: { 200: ['A page of them.', CALLBACKS_PAGE] },
  })
  async list(@Query() query: CallbacksQuery) {
    const { status, session, limit } = query;
    const search = { status, sessionId: session?.toLowerCase(), before: placeBefore(query), limit: limit + 1 };
    return pageOf(await this.findCallbacks.run(search), query, {
      keyOf: ({ callback }) => keyOfPlace({ at: callback.createdAt, id: callback.id }),
      show: shownCallback,
    });
  }

  @Get(':id')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'One callback',
    operationId: 'getCallback',
    answers: { 200: ['The callback.', CALLBACK] },
  })
  async one(@Param('id') id: string, @Query() { include }: CallbackQuery) {
    return shownCallback(await this.findCallbacks.one(id.toLowerCase(), { withAnswers: include !== undefined }));
  }

  /** Sends every callback of the range again, in the background. */
  @Post('replay')
  @MayAsk('support')
  @Documented({
    summary: 'Send every callback of a range again, in the background',
    operationId: 'replayCallbacks',
    isBodyOptional: true,
    answers: { 202: ['How many will be sent.', QUEUED] },
  })
  async replayRange(
    @Body() body: ReplayBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { since, until, session, status = 'parked' } = body;
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const range = { since, until, status, sessionId: session?.toLowerCase() };
      const queued = await this.replayCallbacks.range(tx, range);
      const details = { status, queued };
      await this.audit.record(tx, { action: 'callbacks.replayed', target: session ?? 'all', details }, request);
      return { status: 202, body: { queued } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Post(':id/replay')
  @MayAsk('support')
  @Documented({
    summary: 'Send one callback again, also a delivered one',
    operationId: 'replayCallback',
    answers: { 202: ['It will be sent.', QUEUED] },
  })
  async replay(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      await this.replayCallbacks.one(tx, id.toLowerCase());
      await this.audit.record(tx, { action: 'callback.replayed', target: id.toLowerCase(), details: {} }, request);
      return { status: 202, body: { queued: 1 } };
    });
    reply.status(answer.status);
    return answer.body;
  }
}
