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
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { PageQuery, pageOf, startOf } from '../page.dto.js';
import { UUID } from '../values.dto.js';
import {
  NEW_OPERATOR,
  NewOperator,
  OPERATORS_PAGE,
  ROTATED_OPERATOR,
  Rotation,
  SHOWN_ADMIN,
  shownOperator,
} from './operators.dto.js';
import { Operators } from './operators.js';
import { Documented } from '../../platform/openapi/documented.js';
import { OperatorExists, OperatorOfSettings, TooManyOperators } from './operators.errors.js';

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
  @Documented({
    summary: 'Operators, oldest first, and who holds ADMIN_TOKEN at the end',
    operationId: 'listOperators',
    description: 'Tokens are never shown again.',
    answers: { 200: ['A page of them.', OPERATORS_PAGE] },
  })
  async list(@Query() query: PageQuery) {
    const now = this.clock.now();
    const all = [...(await this.operators.list()).map((one) => shownOperator(one, now)), SHOWN_ADMIN];
    const start = startOf(query, 'operators', UUID);
    // Ids grow with time, and `admin` is after all of them.
    const rest = all.filter(({ id }) => id > start).slice(0, query.limit + 1);
    return pageOf(rest, query, { list: 'operators', keyOf: ({ id }) => id, show: (one) => one });
  }

  @Post()
  @MayAsk('admin')
  @Documented({
    summary: 'Add an operator; its token is shown in this answer only',
    operationId: 'addOperator',
    answers: { 201: ['The operator with its token.', NEW_OPERATOR] },
    refusals: [OperatorExists, TooManyOperators],
  })
  async add(
    @Body() { name, role }: NewOperator,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const { id, token } = await this.operators.add(tx, { name, role });
      const write: AuditedWrite = { action: 'operator.added', target: id, details: { name, role } };
      await this.audit.record(tx, write, request);
      return { status: 201, body: { id, name, role, token } };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Post(':id/rotate')
  @MayAsk('admin')
  @Documented({
    summary: 'Give an operator a new token, shown in this answer only',
    operationId: 'rotateOperator',
    description:
      'The token until now opens for overlap_seconds more, one that was still on from an earlier rotation no longer. Other processes follow within 5 seconds.',
    answers: { 201: ['The operator with its new token.', ROTATED_OPERATOR] },
    refusals: [OperatorOfSettings],
  })
  async rotate(
    @Param('id') given: string,
    @Body() { overlap_seconds: overlapSeconds }: Rotation,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const id = given.toLowerCase();
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
  @Documented({
    summary: 'Remove an operator: its tokens open nothing any more, in other processes within 5 seconds',
    operationId: 'removeOperator',
    description: 'What it did stays in the audit.',
    answers: { 204: ['It is gone.'] },
    refusals: [OperatorOfSettings],
  })
  async remove(@Param('id') given: string, @Req() request: FastifyRequest): Promise<void> {
    const id = given.toLowerCase();
    await this.database.transaction(async (tx) => {
      const { name, role } = await this.operators.remove(tx, id);
      await this.audit.record(tx, { action: 'operator.removed', target: id, details: { name, role } }, request);
    });
  }
}
