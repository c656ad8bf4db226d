import { Controller, Get, Param, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FailingReceivers } from '../../callbacks/index.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { RECEIVERS_PAGE, ReceiversQuery, RESUMED, shownReceiver } from './receivers.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

/** Customers' servers that fail, and those that are not tried any more because they failed for five days. */
@Controller('admin/receivers')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class ReceiversController {
  constructor(
    private readonly receivers: FailingReceivers,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: "Customers' servers that fail, and those that are not tried any more",
    operationId: 'listReceivers',
    answers: { 200: ['A page of them.', RECEIVERS_PAGE] },
  })
  async list(@Query() query: ReceiversQuery) {
    const { status, limit } = query;
    const found = await this.receivers.list({ status, before: placeBefore(query, 'receivers'), limit: limit + 1 });
    return pageOf(found, query, {
      list: 'receivers',
      keyOf: ({ failingSince, id }) => keyOfPlace({ at: failingSince, id }),
      show: shownReceiver,
    });
  }

  /** Tries it again from the next callback on; what was parked meanwhile waits for its replay. */
  @Post(':id/resume')
  @MayAsk('support')
  @Documented({
    summary: 'Try a paused receiver again, from the next callback on',
    operationId: 'resumeReceiver',
    description: 'What was parked meanwhile waits for its replay.',
    answers: { 200: ['It is tried again.', RESUMED] },
  })
  async resume(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      await this.receivers.resume(tx, id.toLowerCase());
      await this.audit.record(tx, { action: 'receiver.resumed', target: id.toLowerCase() }, request);
      return { status: 200, body: { id: id.toLowerCase(), status: 'active' } };
    });
    reply.status(answer.status);
    return answer.body;
  }
}
