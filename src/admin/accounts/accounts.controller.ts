import { Body, Controller, Get, Param, Patch, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ChangeAccount, CreateAccount, CreateSubaccount, ListAccounts } from '../../accounts/index.js';
import { Database } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { AccountChange, NewAccount, NewSubaccount } from './accounts.dto.js';
import { MayAsk } from '../access/roles.js';
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
    private readonly changeAccount: ChangeAccount,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  async list(@Query() query: PageQuery) {
    const found = await this.listAccounts.run({ after: startOf(query), limit: query.limit + 1 });
    return pageOf(found, query, {
      keyOf: (account) => account.authId,
      show: (account) => ({
        auth_id: account.authId,
        name: account.name,
        plivo_auth_id: account.plivoAuthId,
        retention_days: account.retentionDays,
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
  @MayAsk('admin')
  async create(
    @Body() body: NewAccount,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { auth_id: authId, name, plivo_auth_id: plivoAuthId, plivo_auth_token: plivoAuthToken } = body;
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const account = await this.createAccount.run(tx, { authId, name, plivoAuthId, plivoAuthToken });
      await this.audit.record(tx, { action: 'account.created', target: account.authId }, request);
      const shown = { auth_id: account.authId, auth_token: account.authToken, name, plivo_auth_id: plivoAuthId };
      return { status: 201, body: { ...shown, created_at: new Date(account.createdAt).toISOString() } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Patch(':auth_id')
  @MayAsk('admin')
  change(
    @Param('auth_id') accountId: string,
    @Body() body: AccountChange,
    @Req() request: FastifyRequest,
  ): Promise<{ auth_id: string; name: string; retention_days: number | null }> {
    return this.database.transaction(async (tx) => {
      const { name, retention_days: retentionDays } = body;
      const account = await this.changeAccount.run(tx, accountId, { name, retentionDays });
      // Of a name only that it is another one: an operator may have put a phone number into it.
      const details = {
        ...(name !== undefined && { renamed: true }),
        ...(retentionDays !== undefined && { retention_days: retentionDays }),
      };
      await this.audit.record(tx, { action: 'account.changed', target: accountId, details }, request);
      return { auth_id: accountId, name: account.name, retention_days: account.retentionDays };
    });
  }

  @Post(':auth_id/subaccounts')
  @MayAsk('admin')
  async addSubaccount(
    @Param('auth_id') accountId: string,
    @Body() { name, auth_id: authId, plivo_auth_token: authToken }: NewSubaccount,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const subaccount = await this.createSubaccount.run(tx, accountId, name, { authId, authToken });
      const write = { action: 'subaccount.created', target: subaccount.authId, details: { account: accountId } };
      await this.audit.record(tx, write, request);
      const shown = { auth_id: subaccount.authId, auth_token: subaccount.authToken, account: accountId, name };
      return { status: 201, body: { ...shown, created_at: new Date(subaccount.createdAt).toISOString() } };
    });
    reply.status(answer.status);
    return answer.body;
  }
}
