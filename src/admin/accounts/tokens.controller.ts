import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { IssueToken, ListTokens, RevokeToken } from '../../accounts/index.js';
import { Database } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';

/** Two tokens of one account live side by side while its programs move from the old one to the new one. */
@Controller('admin/accounts/:auth_id/tokens')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class TokensController {
  constructor(
    private readonly listTokens: ListTokens,
    private readonly issueToken: IssueToken,
    private readonly revokeToken: RevokeToken,
    private readonly idempotency: Idempotency,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  async list(@Param('auth_id') ownerId: string) {
    const tokens = await this.listTokens.run(ownerId);
    const items = tokens.map(({ id, origin, createdAt }) => ({
      id,
      origin,
      created_at: new Date(createdAt).toISOString(),
    }));
    return { items, next_cursor: null };
  }

  @Post()
  @MayAsk('admin')
  async issue(
    @Param('auth_id') ownerId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const { id, authToken, createdAt } = await this.issueToken.run(tx, ownerId);
      await this.audit.record(tx, { action: 'token.issued', target: ownerId, details: { token_id: id } }, request);
      return { status: 201, body: { id, auth_token: authToken, created_at: new Date(createdAt).toISOString() } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Delete(':id')
  @MayAsk('admin')
  @HttpCode(204)
  async revoke(
    @Param('auth_id') ownerId: string,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.revokeToken.run(tx, ownerId, id);
      await this.audit.record(tx, { action: 'token.revoked', target: ownerId, details: { token_id: id } }, request);
    });
  }
}
