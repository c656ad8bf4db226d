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
  AddNumber,
  ChangeNumber,
  ListNumbers,
  InvalidNumber,
  NumberInUse,
  NumberTaken,
  pooledNumber,
  RemoveNumber,
  SearchNumbers,
  UnknownNumber,
  UnknownSubaccount,
  type NumberPage,
  type PooledNumber,
} from '../../number-pool/index.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { NewNumber, NumberChange, NUMBER, NUMBERS_PAGE, NumbersQuery } from './numbers.dto.js';
import { parseCaller } from '../../telephony/phone.js';
import { Documented } from '../../platform/openapi/documented.js';
import { NotFound } from '../../platform/errors.js';

@Controller('admin/numbers')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class NumbersController {
  constructor(
    private readonly listNumbers: ListNumbers,
    private readonly searchNumbers: SearchNumbers,
    private readonly addNumber: AddNumber,
    private readonly changeNumber: ChangeNumber,
    private readonly removeNumber: RemoveNumber,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @ShowsVirtualNumbers('number')
  @Documented({
    summary: 'The pool, in the order in which its numbers are lent',
    operationId: 'listPool',
    answers: { 200: ['A page of it.', NUMBERS_PAGE] },
    refusals: [NotFound],
  })
  list(@Query() { account, ...filter }: NumbersQuery): Promise<NumberPage> {
    return this.listNumbers.run({ ...filter, accountId: account });
  }

  @Post()
  @MayAsk('admin')
  @ShowsVirtualNumbers('number')
  @Documented({
    summary: 'Put a number into the pool',
    operationId: 'addNumber',
    answers: { 201: ['The number.', NUMBER], 200: ['It was there before, and is unchanged.', NUMBER] },
    refusals: [InvalidNumber, UnknownSubaccount, NotFound, NumberTaken],
  })
  async add(
    @Body() { account, number, subaccount = null, alias }: NewNumber,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const added = await this.addNumber.run(tx, { accountId: account, number, subaccountId: subaccount, alias });
      const shown = await pooledNumber(tx, added.number, this.clock.now());
      if (added.isNew) {
        const details = { account, subaccount: shown.subaccount };
        await this.audit.record(tx, { action: 'number.added', target: shown.number, details }, request);
      }
      return { status: added.isNew ? 201 : 200, body: shown };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Get(':number')
  @MayAsk('viewer', 'support')
  @ShowsVirtualNumbers('number')
  @Documented({
    summary: 'One number of the pool',
    operationId: 'getPoolNumber',
    answers: { 200: ['The number.', NUMBER] },
    refusals: [UnknownNumber],
  })
  async one(@Param('number') number: string): Promise<PooledNumber> {
    const digits = parseCaller(number);
    const found = digits === null ? [] : await this.searchNumbers.run({ digits: [digits], isEnding: false, limit: 1 });
    if (found[0] === undefined) throw new UnknownNumber();
    return found[0];
  }

  @Patch(':number')
  @MayAsk('admin')
  @ShowsVirtualNumbers('number')
  @Documented({
    summary: 'Drain, retire or rename a number, or lend it to a subaccount',
    operationId: 'changeNumber',
    answers: { 200: ['The number as it is now.', NUMBER] },
    refusals: [UnknownSubaccount, UnknownNumber, NumberInUse],
  })
  change(
    @Param('number') number: string,
    @Body() body: NumberChange,
    @Req() request: FastifyRequest,
  ): Promise<PooledNumber> {
    const { status, subaccount, alias } = body;
    return this.database.transaction(async (tx) => {
      const changed = await this.changeNumber.run(tx, number, { status, subaccountId: subaccount, alias });
      // Of an alias only that it is another one: an operator may have put a person's number into it.
      const details = {
        ...(status !== undefined && { status }),
        ...(subaccount !== undefined && { subaccount }),
        ...(alias !== undefined && { renamed: true }),
      };
      const write: AuditedWrite = { action: 'number.changed', target: `+${changed.number}`, details };
      await this.audit.record(tx, write, request);
      return pooledNumber(tx, changed, this.clock.now());
    });
  }

  @Delete(':number')
  @MayAsk('admin')
  @HttpCode(204)
  @Documented({
    summary: 'Take a number out of the pool',
    operationId: 'removeNumber',
    answers: { 204: ['It is gone.'] },
    refusals: [UnknownNumber, NumberInUse],
  })
  async remove(@Param('number') number: string, @Req() request: FastifyRequest): Promise<void> {
    await this.database.transaction(async (tx) => {
      const removed = await this.removeNumber.run(tx, number);
      const details = { account: removed.accountId };
      await this.audit.record(tx, { action: 'number.removed', target: `+${removed.number}`, details }, request);
    });
  }
}
