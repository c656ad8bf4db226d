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
  COUNTED,
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
    const { status, session, account, since, until, limit } = query;
    const range = { status, sessionId: session?.toLowerCase(), accountId: account, since, until };
    return pageOf(
      await this.findCallbacks.run({ ...range, before: placeBefore(query, 'callbacks'), limit: limit + 1 }),
      query,
      {
        list: 'callbacks',
        keyOf: ({ callback }) => keyOfPlace({ at: callback.createdAt, id: callback.id }),
        show: shownCallback,
      },
    );
  }

  @Get('count')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'How many callbacks a replay of a range would send',
    operationId: 'countCallbacks',
    answers: { 200: ['How many there are now.', COUNTED] },
  })
  async count(@Query() query: ReplayBody): Promise<{ callbacks: number }> {
    return { callbacks: await this.replayCallbacks.count(rangeOf(query)) };
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
    const { session, account } = body;
    const range = rangeOf(body);
    const queued = await this.replayCallbacks.count(range);
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      await this.replayCallbacks.range(tx, range, queued);
      const details = { status: range.status, queued };
      const target = session ?? account ?? 'all';
      await this.audit.record(tx, { action: 'callbacks.replayed', target, details }, request);
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

function rangeOf({ since, until, status = 'parked', session, account }: ReplayBody) {
  return { since, until, status, sessionId: session?.toLowerCase(), accountId: account };
}
