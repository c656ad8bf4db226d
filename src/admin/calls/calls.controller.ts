import { Controller, Get, Param, Query, UseGuards, UsePipes } from '@nestjs/common';
import { FindCalls } from '../../call-routing/index.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { CallsQuery, shownCall } from './calls.dto.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';

@Controller('admin/calls')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class CallsController {
  constructor(private readonly findCalls: FindCalls) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  async list(@Query() query: CallsQuery) {
    const { session, from, to, limit } = query;
    const sessionId = session?.toLowerCase();
    const found = await this.findCalls.run({ sessionId, from, to, before: placeBefore(query), limit: limit + 1 });
    return pageOf(found, query, {
      keyOf: ({ call }) => keyOfPlace({ at: call.createdAt, id: call.id }),
      show: shownCall,
    });
  }

  /** Our id of a call, or Plivo's of one of its legs. */
  @Get(':id')
  @MayAsk('viewer', 'support', 'finance')
  async one(@Param('id') id: string) {
    return shownCall(await this.findCalls.one(id));
  }
}
