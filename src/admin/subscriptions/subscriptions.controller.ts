import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Subscriptions, TooManySubscriptions, UrlNotAllowed } from '../../alerts/index.js';
import { Database } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { Documented } from '../../platform/openapi/documented.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { PageQuery, pageOf, startOf } from '../page.dto.js';
import { UUID } from '../values.dto.js';
import {
  NEW_SUBSCRIPTION,
  NewSubscription,
  shownSubscription,
  SUBSCRIPTIONS_PAGE,
  TEST_SENT,
} from './subscriptions.dto.js';

/** Where operators are told of what they should look at. */
@Controller('admin/subscriptions')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class SubscriptionsController {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    operationId: 'listSubscriptions',
    answers: { 200: ['A page of them.', SUBSCRIPTIONS_PAGE] },
    summary: 'Where operators are told and of what, oldest first; secrets are never shown again',
    description: 'last_outcome is the status code or class of failure of the latest attempt, of a test too.',
  })
  async list(@Query() query: PageQuery) {
    const all = await this.subscriptions.list();
    const start = startOf(query, 'subscriptions', UUID);
    const rest = all.filter(({ id }) => id > start).slice(0, query.limit + 1);
    return pageOf(rest, query, { list: 'subscriptions', keyOf: ({ id }) => id, show: shownSubscription });
  }

  @Post()
  @MayAsk('admin')
  @Documented({
    operationId: 'addSubscription',
    answers: { 201: ['The subscription with its secret.', NEW_SUBSCRIPTION] },
    refusals: [UrlNotAllowed, NotFound, TooManySubscriptions],
    summary: 'Have alerts sent to a URL; the secret that signs them is shown in this answer only',
    description:
      'Signed by Standard Webhooks with the secret (`whsec_…`). 400 url_not_allowed: the URL may not be called. 404: no such account. 409 too_many_subscriptions: at most 100.',
  })
  async add(
    @Body() { url, events, account }: NewSubscription,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const { secret, ...added } = await this.subscriptions.add(tx, { url, events, accountId: account ?? null });
      const details = { events: events.join(' '), account: account ?? null };
      await this.audit.record(tx, { action: 'subscription.added', target: added.id, details }, request);
      return { status: 201, body: { ...shownSubscription(added), secret } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Post(':id/test')
  @MayAsk('admin')
  @Documented({
    operationId: 'testSubscription',
    answers: { 202: ['It is on its way.', TEST_SENT] },
    refusals: [NotFound],
    summary: 'Send a `subscription.test` there now, tried again as any alert is; answers 202 with its webhook-id',
    description: 'How it went is in last_outcome of the list.',
  })
  async test(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const subscription = id.toLowerCase();
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const alert = await this.subscriptions.test(tx, subscription);
      await this.audit.record(tx, { action: 'subscription.tested', target: subscription }, request);
      return { status: 202, body: { id: alert, type: 'subscription.test' } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Delete(':id')
  @HttpCode(204)
  @MayAsk('admin')
  @Documented({
    summary: 'Tell nothing there any more, nor what is still on its way',
    operationId: 'removeSubscription',
    answers: { 204: ['It is gone.'] },
    refusals: [NotFound],
  })
  async remove(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const subscription = id.toLowerCase();
    await this.database.transaction(async (tx) => {
      await this.subscriptions.remove(tx, subscription);
      await this.audit.record(tx, { action: 'subscription.removed', target: subscription }, request);
    });
  }
}
