import { Body, Controller, HttpCode, Param, Put, Req, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ChangePlivoToken, TokenOfSettings, TooManyTokens } from '../../accounts/index.js';
import { Database } from '../../platform/database/database.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { NewPlivoToken } from './accounts.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

/** The token that an account or subaccount has at Plivo, which is another thing than the tokens that open this API. */
@Controller('admin/accounts/:auth_id/plivo-token')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class PlivoTokenController {
  constructor(
    private readonly changePlivoToken: ChangePlivoToken,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  @Put()
  @MayAsk('admin')
  @HttpCode(204)
  @Documented({
    summary: 'Follow a token that was changed at Plivo, of an account or of one of its subaccounts',
    operationId: 'changePlivoToken',
    description:
      'The former token signs no webhook any more, at once, as at Plivo; other processes follow within 5 seconds. Of a subaccount it is also replaced among the tokens that ' +
      'open the REST API. `token_of_settings` for the account of PLIVO_AUTH_ID: change PLIVO_AUTH_TOKEN and restart. `too_many_tokens` for a subaccount ' +
      'that had no token at Plivo and has two here.',
    answers: { 204: ['It is followed.'] },
    refusals: [TokenOfSettings, TooManyTokens],
  })
  async change(
    @Param('auth_id') ownerId: string,
    @Body() { plivo_auth_token: authToken }: NewPlivoToken,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.changePlivoToken.run(tx, ownerId, authToken);
      await this.audit.record(tx, { action: 'plivo-token.changed', target: ownerId }, request);
    });
  }
}
