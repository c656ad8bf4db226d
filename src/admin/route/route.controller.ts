import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ExplainRoute } from '../../call-routing/index.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { RouteQuery } from './route.dto.js';
import { withPlus } from '../values.dto.js';

@Controller('admin/route')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class RouteController {
  constructor(private readonly explainRoute: ExplainRoute) {}

  @Get()
  @MayAsk('viewer', 'support')
  async explain(@Query() { virtual_number: virtualNumber, caller }: RouteQuery) {
    const { decision, sessionId, dial, reason } = await this.explainRoute.run({ virtualNumber, caller });
    return { decision, session_uuid: sessionId, dial: withPlus(dial), reason };
  }
}
