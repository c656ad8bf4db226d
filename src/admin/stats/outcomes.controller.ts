import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { CountOutcomes } from '../../call-routing/index.js';
import { Clock, DAY_MS, HOUR_MS } from '../../platform/clock.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import { Documented } from '../../platform/openapi/documented.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { OUTCOMES_PAGE, OutcomesQuery, shownOutcomes } from './outcomes.dto.js';

/** Calls are counted one by one: what a look costs is bounded by the time that it is about. */
const MOST_DAYS = 7;

@Controller('admin/stats/outcomes')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class OutcomesController {
  constructor(
    private readonly countOutcomes: CountOutcomes,
    private readonly clock: Clock,
  ) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: 'What became of the calls of each hour',
    operationId: 'getOutcomes',
    description:
      'Counted from the calls that are kept, by when they came. Calls that go on are not counted, hours without calls left out.',
    answers: { 200: ['The hours, the earliest first.', OUTCOMES_PAGE] },
    refusals: [NotFound],
  })
  async show(@Query() { account, from, to, time_zone: zone }: OutcomesQuery) {
    const end = to ?? zone.hourOf(this.clock.now()) + HOUR_MS;
    const start = from ?? end - DAY_MS;
    if (start >= end) throw new InvalidRequest('from must be before to', { param: 'from' });
    if (end - start > MOST_DAYS * DAY_MS)
      throw new InvalidRequest(`from and to must be at most ${MOST_DAYS} days apart`, { param: 'from' });
    const found = await this.countOutcomes.run({ accountId: account, from: start, to: end, zone });
    return { items: found.map(shownOutcomes), next_cursor: null };
  }
}
