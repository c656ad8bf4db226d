import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccountGuard, principalOf } from './account.guard.js';
import { READ_ACCOUNT, ShowAccount } from './show-account.js';
import { Documented } from '../platform/openapi/documented.js';

/** What programs ask for to find out whether their credentials are right. */
@ApiTags('Account')
@Controller('v1/Account/:authId')
@UseGuards(AccountGuard)
export class AccountResourceController {
  constructor(private readonly showAccount: ShowAccount) {}

  @Get()
  @Documented({
    summary: 'Read the account or subaccount that the credentials belong to',
    operationId: 'getAccount',
    answers: { 200: ['The account.', READ_ACCOUNT] },
  })
  async get(@Req() request: FastifyRequest) {
    return { api_id: request.id, ...(await this.showAccount.run(principalOf(request))) };
  }
}
