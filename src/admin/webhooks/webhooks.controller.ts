import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { RefusedWebhooks } from '../../plivo/index.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { RefusedWebhooksQuery, shownRefused } from './webhooks.dto.js';

/** Why what Plivo sends is not taken: the first look when nothing works. */
@Controller('admin/webhooks')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class WebhooksController {
  constructor(private readonly refusedWebhooks: RefusedWebhooks) {}

  @Get('refused')
  @MayAsk('viewer', 'support')
  @ApiOperation({
    summary: 'The last 200 refused webhooks, newest first, equal ones of a minute counted together',
    description:
      'reason: no-signature, v2-only, wrong-signature (another token, another URL than signed_url, a changed body), unknown-account, nonce-reused, ' +
      'repeated-parameter. signed_url is the URL over which the signature had to be made, ids and query values left out.',
  })
  async refused(@Query() { account }: RefusedWebhooksQuery) {
    return { items: (await this.refusedWebhooks.list(account)).map(shownRefused) };
  }
}
