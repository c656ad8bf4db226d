import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
  UsePipes,
} from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { PageQuery, pageOf, startOf } from '../page.dto.js';
import { NewOperator, Rotation, SHOWN_ADMIN, shownOperator } from './operators.dto.js';
import { Operators } from './operators.js';

/** Who may ask /admin. */
@Controller('admin/operators')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class OperatorsController {
  constructor(
    private readonly operators: Operators,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @ApiOperation({
    summary: 'Operators, oldest first, and who holds ADMIN_TOKEN at the end',
    description: 'Tokens are never shown again. last_used_at is exact to the minute.',
  })
  async list(@Query() query: PageQuery) {
    const now = this.clock.now();
    const all = [...(await this.operators.list()).map((one) => shownOperator(one, now)), SHOWN_ADMIN];
    const start = all.findIndex(({ id }) => id === startOf(query)) + 1;
    return pageOf(all.slice(start, start + query.limit + 1), query, { keyOf: ({ id }) => id, show: (one) => one });
  }

  @Post()
  @MayAsk('admin')
  @ApiOperation({
    summary: 'Add an operator; its token is shown in this answer only',
    description: '409 operator_exists: the name is taken. 409 too_many_operators: at most 199.',
  })
  async add(
    @Body() { name, role }: NewOperator,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const { id, token } = await this.operators.add(tx, { name, role });
      const write = { action: 'operator.added', target: id, details: { name, role } };
      await this.audit.record(tx, write, request);
      return { status: 201, body: { id, name, role, token } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Post(':id/rotate')
  @MayAsk('admin')
  @ApiOperation({
    summary: 'Give an operator a new token, shown in this answer only',
    description:
      'The token until now opens for overlap_seconds more (0 to 2592000, default 0), one that was still on from an earlier rotation no longer. Other processes follow ' +
      'within 5 seconds. 409 operator_of_settings for admin: change ADMIN_TOKEN.',
  })
  async rotate(
    @Param('id') id: string,
    @Body() { overlap_seconds: overlapSeconds }: Rotation,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const { name, role, token, formerUntil } = await this.operators.rotate(tx, id, overlapSeconds);
      const details = { name, overlap_seconds: overlapSeconds };
      await this.audit.record(tx, { action: 'operator.rotated', target: id, details }, request);
      const until = formerUntil === null ? null : new Date(formerUntil).toISOString();
      return { status: 201, body: { id, name, role, token, former_token_until: until } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Delete(':id')
  @HttpCode(204)
  @MayAsk('admin')
  @ApiOperation({
    summary: 'Remove an operator: its tokens open nothing any more, in other processes within 5 seconds',
    description: 'What it did stays in the audit. 409 operator_of_settings for admin.',
  })
  async remove(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { name, role } = await this.operators.remove(tx, id);
      await this.audit.record(tx, { action: 'operator.removed', target: id, details: { name, role } }, request);
    });
  }
}
