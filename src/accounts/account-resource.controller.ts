import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiBasicAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccountGuard, principalOf } from './account.guard.js';
import { ShowAccount } from './show-account.js';

/** What programs ask for to find out whether their credentials are right. */
@ApiTags('Account')
@ApiBasicAuth()
@Controller('v1/Account/:authId')
@UseGuards(AccountGuard)
export class AccountResourceController {
  constructor(private readonly showAccount: ShowAccount) {}

  @Get()
  @ApiOperation({ summary: 'Read the account or subaccount that the credentials belong to', operationId: 'getAccount' })
  async get(@Req() request: FastifyRequest) {
    return { api_id: request.id, ...(await this.showAccount.run(principalOf(request))) };
  }
}
