import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { RefusedWebhooks } from '../../plivo/index.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { REFUSED_WEBHOOKS, RefusedWebhooksQuery, shownRefused } from './webhooks.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

/** Why what Plivo sends is not taken: the first look when nothing works. */
@Controller('admin/webhooks')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class WebhooksController {
  constructor(private readonly refusedWebhooks: RefusedWebhooks) {}

  @Get('refused')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'The last 200 refused webhooks, newest first, equal ones of a minute counted together',
    operationId: 'listRefusedWebhooks',
    answers: { 200: ['All of them.', REFUSED_WEBHOOKS] },
  })
  async refused(@Query() { account }: RefusedWebhooksQuery) {
    return { items: (await this.refusedWebhooks.list(account)).map(shownRefused) };
  }
}
