import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { CURRENCY } from '../../accounts/index.js';
import type { InvoiceComparison, LegSum } from '../../billing-stats/index.js';
import {
  authId,
  count,
  integer,
  listOf,
  money,
  object,
  optional,
  shape,
  text,
  word,
  type Members,
  type Schema,
} from '../../platform/openapi/schemas.js';
import { TimeZone } from '../../platform/time-zone.js';
import { IfGiven, IsTimeZone, moneyText } from '../values.dto.js';

export class InvoiceQuery {
  @ApiProperty({ description: 'Auth ID.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @Matches(/^[A-Za-z0-9]{1,20}$/, { message: 'account must be the Auth ID of an account' })
  account!: string;

  @ApiProperty({ description: '`YYYY-MM`: legs that ended in it are looked for in the file.', example: '2026-11' })
  @Matches(/^20\d{2}-(?:0[1-9]|1[0-2])$/, { message: 'month must be a month as YYYY-MM' })
  month!: string;

  @ApiProperty({
    type: 'string',
    description: 'IANA name, such as `Asia/Kolkata`: where the month begins and ends.',
    default: 'UTC',
    example: 'Europe/Berlin',
  })
  @IfGiven()
  @IsTimeZone()
  time_zone: TimeZone = TimeZone.utc;
}

/** Differences are what is more in the file than here. */
export function shownComparison(found: InvoiceComparison, { account, month, time_zone: zone }: InvoiceQuery) {
  const { missingHere, missingThere, different, duplicates } = found;
  return {
    account,
    month,
    time_zone: zone.name,
    currency: CURRENCY,
    there: shownSum(found.there),
    here: shownSum(found.here),
    difference: {
      legs: found.there.legs - found.here.legs,
      billed_seconds: found.there.billedSeconds - found.here.billedSeconds,
      amount: moneyText(found.there.amount - found.here.amount),
    },
    equal: found.equal,
    missing_here: {
      ...shownSum(missingHere),
      items: missingHere.items.map(({ callUuid, row, ...leg }) => ({ call_uuid: callUuid, row, ...shownLeg(leg) })),
    },
    missing_there: {
      ...shownSum(missingThere),
      items: missingThere.items.map(({ callUuid, ...leg }) => ({ call_uuid: callUuid, ...shownLeg(leg) })),
    },
    different: {
      ...shownSum(different),
      items: different.items.map(({ callUuid, row, here, there }) => ({
        call_uuid: callUuid,
        row,
        here: shownLeg(here),
        there: shownLeg(there),
      })),
    },
    duplicates: {
      ...shownSum(duplicates),
      items: duplicates.items.map(({ callUuid, row }) => ({ call_uuid: callUuid, row })),
    },
    before_retention: shownSum(found.beforeRetention),
    outside_month: found.outsideMonth,
  };
}

function shownSum({ legs, billedSeconds, amount }: LegSum) {
  return { legs, billed_seconds: billedSeconds, amount: moneyText(amount) };
}

/** What is told of it. */
function shownLeg(leg: { duration?: number; billedDuration?: number; amount?: number }) {
  const { duration, billedDuration, amount } = leg;
  return {
    ...(duration !== undefined && { duration }),
    ...(billedDuration !== undefined && { billed_duration: billedDuration }),
    ...(amount !== undefined && { amount: moneyText(amount) }),
  };
}

export const CALL_LOG: Schema = {
  type: 'string',
  description:
    "Plivo's call log with its header. Of its columns Call UUID, Call duration, Billed duration and Billed amount are needed, and End time is read where it is there.",
  example:
    'Call UUID,End time,Call duration,Billed duration,Billed amount\r\n0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f,2026-11-29 17:00:00+00:00,42,60,0.00850\r\n',
};

const sumMembers = (): Members<ReturnType<typeof shownSum>> => ({
  legs: integer('Legs.', 2),
  billed_seconds: integer('As billed.', 120),
  amount: money("Plivo's price."),
});
const legMembers = (): Members<ReturnType<typeof shownLeg>> => ({
  duration: optional(count('Seconds; where it is told.', 42)),
  billed_duration: optional(count('Seconds; where it is told.', 60)),
  amount: optional(money("Plivo's price, where it is told.")),
});
const sum = (description: string): Schema => object(sumMembers(), description);
const named = (description: string, members: Record<string, Schema>): Schema =>
  object({ ...sumMembers(), items: listOf(object(members), 'The first 1,000.') }, description);

export const COMPARISON = shape<ReturnType<typeof shownComparison>>('InvoiceComparison', () => {
  const call_uuid = text("Plivo's, of the leg.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f');
  const row = count('Line of the file; the header is the first.', 2);
  return {
    account: authId('Of the account.'),
    month: text('As asked for.', '2026-11'),
    time_zone: text('Where the month begins and ends.', 'UTC'),
    currency: word('Of all amounts.', [CURRENCY]),
    there: sum('All legs of the file, each once.'),
    here: sum('The same legs as they are known here, and those of the month that the file lacks.'),
    difference: sum('What is more in the file than here.'),
    equal: count('Legs that are the same in both.', 2),
    missing_here: named('In the file, and never heard of here.', { call_uuid, row, ...legMembers() }),
    missing_there: named('Ended here within the month, and not in the file.', { call_uuid, ...legMembers() }),
    different: named('By what it is more in the file.', {
      call_uuid,
      row,
      here: object(legMembers(), 'What is another here.'),
      there: object(legMembers(), 'What is another in the file.'),
    }),
    duplicates: named('Rows that name a leg once more; they count in no other sum.', { call_uuid, row }),
    before_retention: sum('In the file, unknown here, and so old that their calls may have been deleted.'),
    outside_month: count('In the file, and by its own words ended outside of the month.'),
  };
});
