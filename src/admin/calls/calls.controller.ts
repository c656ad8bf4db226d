import { Controller, Get, Param, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { FindCalls } from '../../call-routing/index.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { CallsQuery, shownCall } from './calls.dto.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { ReadNumber } from '../reading/read-number.js';

@Controller('admin/calls')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class CallsController {
  constructor(
    private readonly findCalls: FindCalls,
    private readonly readNumber: ReadNumber,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Calls, refused ones too: who called, what was called, what became of it and why; newest first',
  })
  @MayAsk('viewer', 'support', 'finance')
  async list(@Query() query: CallsQuery) {
    const { account: accountId, session, outcome, from, to, limit } = query;
    const before = placeBefore(query);
    const found = await this.findCalls.run({
      accountId,
      sessionId: session?.toLowerCase(),
      party: await this.readNumber.run('party', query.party, accountId),
      dialled: await this.readNumber.run('dialled', query.dialled, accountId),
      virtualNumber: await this.readNumber.run('virtual_number', query.virtual_number, accountId),
      outcome,
      from,
      to,
      before,
      limit: limit + 1,
    });
    return pageOf(found, query, {
      keyOf: ({ call }) => keyOfPlace({ at: call.createdAt, id: call.id }),
      show: shownCall,
    });
  }

  /** Our id of a call, or Plivo's of one of its legs. */
  @Get(':id')
  @ApiOperation({ summary: 'One call, by its id or by the CallUUID of one of its legs' })
  @MayAsk('viewer', 'support', 'finance')
  async one(@Param('id') id: string) {
    return shownCall(await this.findCalls.one(id));
  }
}
