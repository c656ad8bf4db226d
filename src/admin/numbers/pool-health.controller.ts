import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ReadNumberHealth, type NumberHealth } from '../../billing-stats/index.js';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { pageOf, startOf, wrongCursor, type Page } from '../page.dto.js';
import { NotFound } from '../../platform/errors.js';
import { Documented } from '../../platform/openapi/documented.js';
import { HEALTH_PAGE, HealthQuery } from './pool-plan.dto.js';

const NUMBER = /^\+[0-9]{1,15}$/;

/** Which numbers fail more often than their neighbours: docs/pool.md. */
@Controller('admin/pool/health')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class PoolHealthController {
  constructor(private readonly readNumberHealth: ReadNumberHealth) {}

  @Get()
  @MayAsk('viewer', 'support')
  @ShowsVirtualNumbers('number')
  @Documented({
    operationId: 'getNumberHealth',
    answers: { 200: ['A page of numbers.', HEALTH_PAGE] },
    refusals: [NotFound],
    summary: 'How each number did over the last seven days, and which numbers are suspect',
    description:
      'suspect: answered less often, or over within 6 s more often, than the account’s other numbers of the country, beyond chance for as many numbers as are compared; null with ' +
      'fewer than 20 calls of its own or 50 of the others. rests_on has both counts. Up to an hour old.',
  })
  async health(@Query() query: HealthQuery): Promise<Page<NumberHealth>> {
    const all = await this.readNumberHealth.run(query.account);
    const last = startOf(query, 'health', NUMBER);
    const start = last === '' ? 0 : all.findIndex(({ number }) => number === last) + 1;
    // It was removed meanwhile: the first page again would have no end.
    if (last !== '' && start === 0) throw wrongCursor();
    const rest = all.slice(start, start + query.limit + 1);
    return pageOf(rest, query, { list: 'health', keyOf: ({ number }) => number, show: (one) => one });
  }
}
