import { Body, Controller, Param, Patch, Post, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountExists, ChangeSubaccount, CreateSubaccount } from '../../accounts/index.js';
import { Database } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { Documented } from '../../platform/openapi/documented.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { CHANGED_SUBACCOUNT, NEW_SUBACCOUNT, NewSubaccount, SubaccountChange } from './subaccounts.dto.js';

/** Parts of an account that have credentials of their own. */
@Controller('admin/accounts/:auth_id/subaccounts')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class SubaccountsController {
  constructor(
    private readonly createSubaccount: CreateSubaccount,
    private readonly changeSubaccount: ChangeSubaccount,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Post()
  @MayAsk('admin')
  @Documented({
    summary: 'Add a subaccount, one of our own or one that exists at Plivo',
    operationId: 'addSubaccount',
    answers: { 201: ['The subaccount with its token.', NEW_SUBACCOUNT] },
    refusals: [AccountExists],
  })
  async add(
    @Param('auth_id') accountId: string,
    @Body() { name, auth_id: authId, plivo_auth_token: authToken }: NewSubaccount,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const subaccount = await this.createSubaccount.run(tx, accountId, name, { authId, authToken });
      const write: AuditedWrite = {
        action: 'subaccount.created',
        target: subaccount.authId,
        details: { account: accountId },
      };
      await this.audit.record(tx, write, request);
      const shown = { auth_id: subaccount.authId, auth_token: subaccount.authToken, account: accountId, name };
      return { status: 201, body: { ...shown, created_at: new Date(subaccount.createdAt).toISOString() } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Patch(':subaccount')
  @MayAsk('admin')
  @Documented({
    summary: 'Decide what new sessions of a subaccount have where their request does not say',
    operationId: 'changeSubaccount',
    answers: { 200: ['The subaccount as it is now.', CHANGED_SUBACCOUNT] },
  })
  change(
    @Param('auth_id') accountId: string,
    @Param('subaccount') subaccountId: string,
    @Body() { messaging_default: isDefault }: SubaccountChange,
    @Req() request: FastifyRequest,
  ): Promise<{ auth_id: string; account: string; name: string; messaging_default: boolean | null }> {
    return this.database.transaction(async (tx) => {
      const { name } = await this.changeSubaccount.run(tx, { accountId, subaccountId }, isDefault);
      const details = { account: accountId, messaging_default: isDefault };
      await this.audit.record(tx, { action: 'subaccount.changed', target: subaccountId, details }, request);
      return { auth_id: subaccountId, account: accountId, name, messaging_default: isDefault };
    });
  }
}
