import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { Accounts } from '../../accounts/index.js';
import { OF_UNKNOWN_ACCOUNTS, RefusedWebhooks } from '../../plivo/index.js';
import { Database } from '../../platform/database/database.js';
import { KnowsAccounts, MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { REFUSED_WEBHOOKS, RefusedWebhooksQuery, shownRefused } from './webhooks.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

/** Why what Plivo sends is not taken: the first look when nothing works. */
@Controller('admin/webhooks')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class WebhooksController {
  constructor(
    private readonly refusedWebhooks: RefusedWebhooks,
    private readonly database: Database,
    private readonly accounts: Accounts,
  ) {}

  @Get('refused')
  @MayAsk('viewer', 'support')
  @KnowsAccounts()
  @Documented({
    summary: 'The last 200 refused webhooks, newest first, equal ones of a minute counted together',
    operationId: 'listRefusedWebhooks',
    answers: { 200: ['All of them.', REFUSED_WEBHOOKS] },
  })
  async refused(@Query() { account }: RefusedWebhooksQuery) {
    if (account !== undefined && account !== OF_UNKNOWN_ACCOUNTS)
      await this.database.browse((manager) => this.accounts.require(manager, account));
    return { items: (await this.refusedWebhooks.list(account)).map(shownRefused) };
  }
}
