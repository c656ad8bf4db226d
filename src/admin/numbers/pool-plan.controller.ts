import { Controller, Get, Query, UseGuards, UsePipes } from '@nestjs/common';
import { ForecastPool, PlanPool, type CountryForecast, type PoolPlan } from '../../number-pool/index.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Documented } from '../../platform/openapi/documented.js';
import { FORECAST, ForecastQuery, PLAN, PlanQuery } from './pool-plan.dto.js';

/** How large the pool is to be: docs/pool.md. */
@Controller('admin/pool')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class PoolPlanController {
  constructor(
    private readonly planPool: PlanPool,
    private readonly forecastPool: ForecastPool,
  ) {}

  @Get('plan')
  @MayAsk('viewer', 'support')
  @Documented({
    operationId: 'planPool',
    answers: { 200: ['The plan.', PLAN] },
    refusals: [NotFound],
    summary: 'How many numbers it takes for so many live sessions of one phone on either side',
    description:
      'numbers_needed = first_max + second_max − 1, 0 where either is 0: with so many no session is refused, in whatever order sessions come and go. With account and country, ' +
      'present has the figures of `GET /admin/pool` and numbers_missing what is lacking.',
  })
  plan(@Query() { first_max: firstMax, second_max: secondMax, country, account }: PlanQuery): Promise<PoolPlan> {
    if (account !== undefined && country === undefined)
      throw new InvalidRequest('country must be given with account: a plan is for the numbers of one country', {
        param: 'country',
      });
    return this.planPool.run({ firstMax, secondMax, country: country?.toUpperCase(), accountId: account });
  }

  @Get('forecast')
  @MayAsk('viewer', 'support')
  @Documented({
    operationId: 'forecastPool',
    answers: { 200: ['By country.', FORECAST] },
    refusals: [NotFound],
    summary: 'Peaks of the last 60 days, and the first day on which the numbers will not do',
    description:
      'full_on is null where no day can be named, and reason says why: not enough days, no trend, not within 90 days. Days are UTC.',
  })
  async forecast(@Query() { account }: ForecastQuery): Promise<{ countries: CountryForecast[] }> {
    return { countries: await this.forecastPool.run(account) };
  }
}
