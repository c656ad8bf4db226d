import { Controller, Delete, Get, HttpCode, Param, Post, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  IssueToken,
  LastToken,
  ListTokens,
  RevokeToken,
  TokenOfSettings,
  TooManyTokens,
} from '../../accounts/index.js';
import { Database } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { Documented } from '../../platform/openapi/documented.js';
import { instant, pageSchema, shape, text } from '../../platform/openapi/schemas.js';

const TOKENS = pageSchema(
  'Tokens',
  shape<Record<'id' | 'origin' | 'created_at', string>>('Token', () => ({
    id: text('Of the token.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
    origin: text('Where it came from.', 'issued'),
    created_at: instant('When it was issued.'),
  })),
);
const NEW_TOKEN = shape<Record<'id' | 'auth_token' | 'created_at', string>>('NewToken', () => ({
  id: text('Of the token.', '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  auth_token: text('Shown this once.', 'fP3xQ0m1cV7sYk2WbT9nLr4HdJ6aZ8uE5gXiKoBq'),
  created_at: instant('Now.'),
}));

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
  @Documented({
    summary: 'Tokens that open the masking API for an account or subaccount',
    operationId: 'listTokens',
    answers: { 200: ['All of them.', TOKENS] },
  })
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
  @Documented({
    summary: 'Issue a second token, shown in this answer only',
    operationId: 'issueToken',
    answers: { 201: ['The token.', NEW_TOKEN] },
    refusals: [TooManyTokens],
  })
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
  @Documented({
    summary: 'Revoke a token',
    operationId: 'revokeToken',
    answers: { 204: ['It opens nothing any more.'] },
    refusals: [LastToken, TokenOfSettings],
  })
  async revoke(
    @Param('auth_id') ownerId: string,
    @Param('id') given: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const id = given.toLowerCase();
    await this.database.transaction(async (tx) => {
      await this.revokeToken.run(tx, ownerId, id);
      await this.audit.record(tx, { action: 'token.revoked', target: ownerId, details: { token_id: id } }, request);
    });
  }
}
