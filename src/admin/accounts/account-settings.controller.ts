import { Body, Controller, Get, Param, Patch, Req, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Accounts, AccountSettings, type ChosenSettings } from '../../accounts/index.js';
import { Database } from '../../platform/database/database.js';
import { ACCOUNT_SETTINGS, AccountSettingsChange } from './account-settings.dto.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { Documented } from '../../platform/openapi/documented.js';

/** How an account's callers are refused, and where its calls may go. */
@Controller('admin/accounts/:auth_id/settings')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class AccountSettingsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly settings: AccountSettings,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: "How an account's callers are refused, where its calls may go, and what they may cost",
    operationId: 'getAccountSettings',
    answers: { 200: ['As they were decided.', ACCOUNT_SETTINGS] },
  })
  show(@Param('auth_id') accountId: string): Promise<ChosenSettings> {
    return this.database.read(async (manager) => {
      await this.accounts.require(manager, accountId);
      return this.settings.read(manager, accountId);
    });
  }

  @Patch()
  @MayAsk('admin')
  @Documented({
    summary: 'Change settings of an account; what is left out stays',
    operationId: 'changeAccountSettings',
    answers: { 200: ['As they are now.', ACCOUNT_SETTINGS] },
  })
  change(
    @Param('auth_id') accountId: string,
    @Body() body: AccountSettingsChange,
    @Req() request: FastifyRequest,
  ): Promise<ChosenSettings> {
    return this.database.transaction(async (tx) => {
      const settings = await this.settings.change(tx, accountId, body);
      const write: AuditedWrite = { action: 'settings.changed', target: accountId, details: traceOf(body) };
      await this.audit.record(tx, write, request);
      return settings;
    });
  }
}

/** Of sentences only which: an operator may have put a phone number into one. Of a URL only whether: there may be a token in it. */
function traceOf(change: AccountSettingsChange) {
  const { language, refusals, allowed_countries: countries, unrouted_url: url, ...others } = change;
  const { text_languages: languages, text_notices: notices, text_redaction: hidden, ...figures } = others;
  return {
    ...(url !== undefined && { unrouted_url: url === null ? 'removed' : 'set' }),
    ...(language !== undefined && { language }),
    ...(hidden !== undefined && { text_redaction: hidden.join(',') }),
    ...(notices !== undefined && { text_notices: Object.keys(notices).join(',') }),
    ...(languages !== undefined && { text_languages: languages.join(',') }),
    ...(refusals !== undefined && { refusals: Object.keys(refusals).join(',') }),
    ...(countries !== undefined && {
      allowed_countries: countries === null || countries === 'own' ? countries : countries.join(','),
    }),
    ...figures,
  };
}
