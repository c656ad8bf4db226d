import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Matches, Max, Min } from 'class-validator';
import type { NumberHealth } from '../../billing-stats/index.js';
import type { CountryForecast, PoolPlan } from '../../number-pool/index.js';
import {
  count,
  decimal,
  flag,
  integer,
  listOf,
  object,
  orNull,
  pageSchema,
  poolNumber,
  shape,
  text,
  word,
} from '../../platform/openapi/schemas.js';
import { PageQuery } from '../page.dto.js';
import { AccountAuthId, IfGiven } from '../values.dto.js';
import { POOL_FIGURE } from './numbers.dto.js';

const MOST_SESSIONS = 100_000;
const WHOLE = `a whole number from 0 to ${MOST_SESSIONS}`;

/** As text, so that neither an empty value nor `1e3` passes for a number. */
const WholeNumber = () =>
  Transform(({ value }) => (typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value));

export class PlanQuery {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: MOST_SESSIONS,
    description: 'The most live sessions that one phone will have as first party',
    example: 10,
  })
  @WholeNumber()
  @IsInt({ message: `first_max must be ${WHOLE}` })
  @Min(0, { message: `first_max must be ${WHOLE}` })
  @Max(MOST_SESSIONS, { message: `first_max must be ${WHOLE}` })
  first_max!: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: MOST_SESSIONS,
    description: 'The most live sessions that one phone will have as second party',
    example: 5,
  })
  @WholeNumber()
  @IsInt({ message: `second_max must be ${WHOLE}` })
  @Min(0, { message: `second_max must be ${WHOLE}` })
  @Max(MOST_SESSIONS, { message: `second_max must be ${WHOLE}` })
  second_max!: number;

  @ApiPropertyOptional({ description: 'ISO 3166 alpha-2: where the numbers are to be', example: 'US' })
  @IfGiven()
  @Matches(/^[A-Za-z]{2}$/, { message: 'country must be two letters' })
  country?: string;

  @ApiPropertyOptional({
    description: 'Auth ID: its present figures in that country stand beside the plan; needs country',
  })
  @IfGiven()
  @AccountAuthId()
  account?: string;
}

export class ForecastQuery {
  @ApiProperty({ description: 'Auth ID' })
  @AccountAuthId()
  account!: string;
}

export class HealthQuery extends PageQuery {
  @ApiProperty({ description: 'Auth ID' })
  @AccountAuthId()
  account!: string;
}

const COUNTRY = () => text('ISO 3166 alpha-2.', 'US');
const SUBACCOUNT = () => orNull(text("Auth ID; null: of the main account's pool.", 'SAXXXXXXXXXXXXXXXXXX'));

export const PLAN = shape<PoolPlan>('PoolPlan', () => ({
  first_max: count('As asked.', 10),
  second_max: count('As asked.', 5),
  numbers_needed: count('first_max + second_max - 1; 0 where either is 0.', 14),
  country: orNull(COUNTRY()),
  present: orNull(POOL_FIGURE),
  numbers_missing: orNull(
    integer('What the account lacks there, all of them where it has none; null where no account was named.', 4),
  ),
}));

const COUNTRY_FORECAST = shape<CountryForecast>('CountryForecast', () => ({
  country: COUNTRY(),
  subaccount: SUBACCOUNT(),
  numbers: count('Those that take new sessions now.', 20),
  peaks: listOf(
    object({
      day: text('YYYY-MM-DD, UTC.', '2026-11-28'),
      numbers_needed: count('The most that was needed on that day.', 14),
    }),
    "Oldest first, today's so far included; a day on which nobody looked is left out.",
  ),
  full_on: orNull(text('YYYY-MM-DD, UTC: the first day on which more is expected than there is.', '2027-01-12')),
  reason: text('Why no day is named, or how the one was found.', 'no trend'),
}));

export const FORECAST = shape<{ countries: CountryForecast[] }>('PoolForecast', () => ({
  countries: listOf(COUNTRY_FORECAST),
}));

export const HEALTH_PAGE = pageSchema(
  'NumbersHealth',
  shape<NumberHealth>('NumberHealth', () => ({
    number: poolNumber('Of the pool.'),
    country: COUNTRY(),
    subaccount: SUBACCOUNT(),
    calls: count('In which the other party was dialled.', 120),
    answered: count('Of those.', 60),
    answer_rate: orNull(decimal('0 to 1, to the thousandth; null without calls.', 0.5)),
    short_calls: count('Answered, and over within six seconds.', 3),
    refusals: {
      type: 'object',
      description: 'Calls that we refused, by reason.',
      additionalProperties: count('Calls.', 2),
      example: { stranger: 2 },
    },
    suspect: orNull(
      flag('Whether it does worse than its neighbours, beyond chance; null where there are too few calls to say.'),
    ),
    because: orNull(word('In what.', ['answer-rate', 'short-calls'])),
    rests_on: object({ calls: count('Its own.', 120), others: count('Those of its neighbours.', 2400) }),
  })),
);
