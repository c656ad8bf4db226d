import { ApiProperty } from '@nestjs/swagger';
import { OUTCOMES, type Outcome, type OutcomesOfHour } from '../../call-routing/index.js';
import { count, instant, object, pageSchema, shape } from '../../platform/openapi/schemas.js';
import { TimeZone } from '../../platform/time-zone.js';
import { AccountAuthId, IfGiven, IsoInstant, isoText, IsTimeZone } from '../values.dto.js';

export class OutcomesQuery {
  @ApiProperty({ description: 'Auth ID; every account where left out.' })
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiProperty({
    description:
      'ISO 8601, rounded down to a full hour of `time_zone`, in which it is read where it has no offset. A day before `to` where left out.',
  })
  @IfGiven()
  @IsoInstant('time_zone')
  from?: number;

  @ApiProperty({
    description:
      'ISO 8601, exclusive; rounded up to a full hour, and at most 7 days after `from`. The end of this hour where left out.',
  })
  @IfGiven()
  @IsoInstant('time_zone')
  to?: number;

  @ApiProperty({
    type: 'string',
    description: 'IANA name, such as `Asia/Kolkata`: where hours begin.',
    default: 'UTC',
    example: 'Europe/Berlin',
  })
  @IfGiven()
  @IsTimeZone()
  time_zone: TimeZone = TimeZone.utc;
}

export function shownOutcomes({ hour, outcomes }: OutcomesOfHour) {
  return { hour: isoText(hour), outcomes };
}

const MEANING: Record<Outcome, string> = {
  connected: 'The other party picked up.',
  'no-answer': 'Nobody picked up in time.',
  busy: 'The other party was busy.',
  declined: 'The other party declined.',
  failed: 'It could not be carried out.',
  abandoned: 'Given up before anybody answered, or at a prompt.',
  refused: 'Nobody was dialled.',
};

const OUTCOMES_OF_HOUR = shape<ReturnType<typeof shownOutcomes>>('OutcomesOfHour', () => ({
  hour: instant('Its first instant.'),
  outcomes: object(
    Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(MEANING[outcome], 1)])),
    'Calls that came in it and are over, by what became of them.',
  ),
}));
export const OUTCOMES_PAGE = pageSchema('OutcomesByHour', OUTCOMES_OF_HOUR);
