import { Body, Controller, Get, Param, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CreateAccount, CreateSubaccount, ListAccounts } from '../../accounts/index.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { NewAccount, NewSubaccount } from './accounts.dto.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { PageQuery, pageOf, startOf } from '../page.dto.js';

@Controller('admin/accounts')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class AccountsController {
  constructor(
    private readonly listAccounts: ListAccounts,
    private readonly createAccount: CreateAccount,
    private readonly createSubaccount: CreateSubaccount,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  async list(@Query() query: PageQuery) {
    const found = await this.listAccounts.run({ after: startOf(query), limit: query.limit + 1 });
    return pageOf(found, query, {
      keyOf: (account) => account.authId,
      show: (account) => ({
        auth_id: account.authId,
        name: account.name,
        plivo_auth_id: account.plivoAuthId,
        created_at: new Date(account.createdAt).toISOString(),
        subaccounts: account.subaccounts.map(({ authId, name, createdAt, hasPlivoToken }) => ({
          auth_id: authId,
          name,
          has_plivo_token: hasPlivoToken,
          created_at: new Date(createdAt).toISOString(),
        })),
      }),
    });
  }

  @Post()
  async create(
    @Body() body: NewAccount,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { auth_id: authId, name, plivo_auth_id: plivoAuthId, plivo_auth_token: plivoAuthToken } = body;
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const account = await this.createAccount.run(tx, { authId, name, plivoAuthId, plivoAuthToken });
      await this.audit.record(tx, { action: 'account.created', target: account.authId }, request.id);
      const shown = { auth_id: account.authId, auth_token: account.authToken, name, plivo_auth_id: plivoAuthId };
      return { status: 201, body: { ...shown, created_at: new Date(account.createdAt).toISOString() } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Post(':auth_id/subaccounts')
  async addSubaccount(
    @Param('auth_id') accountId: string,
    @Body() { name, auth_id: authId, plivo_auth_token: authToken }: NewSubaccount,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const subaccount = await this.createSubaccount.run(tx, accountId, name, { authId, authToken });
      const write = { action: 'subaccount.created', target: subaccount.authId, details: { account: accountId } };
      await this.audit.record(tx, write, request.id);
      const shown = { auth_id: subaccount.authId, auth_token: subaccount.authToken, account: accountId, name };
      return { status: 201, body: { ...shown, created_at: new Date(subaccount.createdAt).toISOString() } };
    });
    reply.status(answer.status);
    return answer.body;
  }
}
