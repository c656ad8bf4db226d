import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from './audit.js';
import { PageQuery, pageOf, startOf } from '../page.dto.js';

@Controller('admin/audit')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class AuditController {
  constructor(private readonly audit: Audit) {}

  @Get()
  @MayAsk('viewer', 'support')
  @ShowsVirtualNumbers('target')
  async list(@Query() query: PageQuery) {
    const found = await this.audit.list({ before: startOf(query), limit: query.limit + 1 });
    return pageOf(found, query, {
      keyOf: (entry) => entry.id,
      show: (entry) => ({
        id: entry.id,
        at: new Date(entry.at).toISOString(),
        actor: entry.operator ?? entry.actor,
        action: entry.action,
        target: entry.target,
        details: JSON.parse(entry.details) as unknown,
        request_id: entry.requestId,
      }),
    });
  }
}
