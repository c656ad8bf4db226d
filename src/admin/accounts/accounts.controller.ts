import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccountExists,
  AccountInUse,
  AccountKept,
  AccountOfSettings,
  ChangeAccount,
  CreateAccount,
  DeleteAccount,
  isLeftOver,
  ListAccounts,
} from '../../accounts/index.js';
import { hasCalls } from '../../call-routing/index.js';
import { hasNumbers } from '../../number-pool/index.js';
import { hasRecordings } from '../../recording/index.js';
import { hasSessions } from '../../sessions/index.js';
import { Database, type Tx } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { Config } from '../../platform/settings/config.js';
import {
  ACCOUNTS_PAGE,
  AccountChange,
  CHANGED_ACCOUNT,
  NEW_ACCOUNT,
  NewAccount,
  shownAccount,
} from './accounts.dto.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { PageQuery, pageOf, startOf } from '../page.dto.js';
import { ACCOUNT_AUTH_ID } from '../values.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

@Controller('admin/accounts')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class AccountsController {
  constructor(
    private readonly listAccounts: ListAccounts,
    private readonly createAccount: CreateAccount,
    private readonly changeAccount: ChangeAccount,
    private readonly deleteAccount: DeleteAccount,
    private readonly config: Config,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Accounts with their subaccounts',
    operationId: 'listAccounts',
    answers: { 200: ['A page of them.', ACCOUNTS_PAGE] },
  })
  async list(@Query() query: PageQuery) {
    const found = await this.listAccounts.run({
      after: startOf(query, 'accounts', ACCOUNT_AUTH_ID),
      limit: query.limit + 1,
    });
    return pageOf(found, query, {
      list: 'accounts',
      keyOf: (account) => account.authId,
      show: (account) => shownAccount(account, isLeftOver(account.authId, this.config) ? 'disabled' : account.status),
    });
  }

  @Post()
  @MayAsk('admin')
  @Documented({
    summary: 'Add an account; its token is shown in this answer only',
    operationId: 'createAccount',
    answers: { 201: ['The account with its token.', NEW_ACCOUNT] },
    refusals: [AccountExists],
  })
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
  @Documented({
    summary: 'Rename an account, disable or enable it, or keep its sessions for another time',
    operationId: 'changeAccount',
    answers: { 200: ['The account as it is now.', CHANGED_ACCOUNT] },
  })
  change(
    @Param('auth_id') accountId: string,
    @Body() body: AccountChange,
    @Req() request: FastifyRequest,
  ): Promise<{ auth_id: string; name: string; status: 'active' | 'disabled'; retention_days: number | null }> {
    return this.database.transaction(async (tx) => {
      const { name, status, retention_days: retentionDays } = body;
      const account = await this.changeAccount.run(tx, accountId, { name, status, retentionDays });
      // Of a name only that it is another one: an operator may have put a phone number into it.
      const details = {
        ...(name !== undefined && { renamed: true }),
        ...(status !== undefined && { status }),
        ...(retentionDays !== undefined && { retention_days: retentionDays }),
      };
      await this.audit.record(tx, { action: 'account.changed', target: accountId, details }, request);
      const { name: shownName, status: shownStatus, retentionDays: shownDays } = account;
      return { auth_id: accountId, name: shownName, status: shownStatus, retention_days: shownDays };
    });
  }

  @Delete(':auth_id')
  @HttpCode(204)
  @MayAsk('admin')
  @Documented({
    summary: 'Delete a disabled account of which nothing is kept',
    operationId: 'deleteAccount',
    description:
      'Refused while a number, session, call or recording of it is kept; the refusal says which. Sums of money stay under its Auth ID.',
    answers: { 204: ['It is gone.'] },
    refusals: [AccountInUse, AccountKept, AccountOfSettings],
  })
  async remove(@Param('auth_id') accountId: string, @Req() request: FastifyRequest): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.deleteAccount.run(tx, accountId, (held) => keptOf(held, accountId));
      await this.audit.record(tx, { action: 'account.deleted', target: accountId }, request);
    });
  }
}

/** In words, what is kept of an account. */
async function keptOf(tx: Tx, accountId: string): Promise<string[]> {
  const kinds = { numbers: hasNumbers, sessions: hasSessions, calls: hasCalls, recordings: hasRecordings };
  const kept: string[] = [];
  for (const [kind, has] of Object.entries(kinds)) if (await has(tx, accountId)) kept.push(kind);
  return kept;
}
