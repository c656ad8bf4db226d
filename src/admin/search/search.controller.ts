import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { Documented } from '../../platform/openapi/documented.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { SearchAll } from './search-all.js';
import { FINDINGS, SearchQuery, shownFindings } from './search.dto.js';

@Controller('admin/search')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class SearchController {
  constructor(private readonly searchAll: SearchAll) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'People, sessions, calls and numbers of the pool by whatever somebody has of them',
    operationId: 'searchAll',
    answers: { 200: ['At most 20 of each, the newest first.', FINDINGS] },
  })
  async search(@Query() { q, account }: SearchQuery) {
    return shownFindings(await this.searchAll.run(q, account));
  }
}
