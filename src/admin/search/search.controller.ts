import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { SearchAll } from './search-all.js';
import { SearchQuery, shownFindings } from './search.dto.js';

@Controller('admin/search')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class SearchController {
  constructor(private readonly searchAll: SearchAll) {}

  @Get()
  @ApiOperation({
    summary:
      'People, sessions, calls and numbers of the pool by whatever somebody has of them; `read_as` says how the text was understood',
  })
  @MayAsk('viewer', 'support')
  async search(@Query() { q, account }: SearchQuery) {
    return shownFindings(await this.searchAll.run(q, account));
  }
}
