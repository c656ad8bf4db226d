import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { PageQuery } from '../page.dto.js';
import { IfGiven } from '../values.dto.js';

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
  @IsString()
  @Length(1, 20)
  account?: string;
}

export class ForecastQuery {
  @ApiProperty({ description: 'Auth ID' })
  @IsString()
  @Length(1, 20)
  account!: string;
}

export class HealthQuery extends PageQuery {
  @ApiProperty({ description: 'Auth ID' })
  @IsString()
  @Length(1, 20)
  account!: string;
}
