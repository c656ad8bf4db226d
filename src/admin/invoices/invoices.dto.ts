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
import { AccountAuthId, IfGiven, IsTimeZone, moneyText } from '../values.dto.js';

export class InvoiceQuery {
  @ApiProperty({ description: 'Auth ID.', example: 'MAXXXXXXXXXXXXXXXXXX' })
  @AccountAuthId()
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
  const { kind, missingHere, missingThere, different, duplicates } = found;
  const isCalls = kind === 'calls';
  const shownSum = isCalls ? sumOfCalls : sumOfMessages;
  const shownLeg = isCalls ? shownCall : shownMessage;
  const named = (uuid: string): LegName => (isCalls ? { call_uuid: uuid } : { message_uuid: uuid });
  return {
    kind,
    account,
    month,
    time_zone: zone.name,
    currency: CURRENCY,
    there: shownSum(found.there),
    here: shownSum(found.here),
    difference: shownSum({
      legs: found.there.legs - found.here.legs,
      billedSeconds: found.there.billedSeconds - found.here.billedSeconds,
      amount: found.there.amount - found.here.amount,
    }),
    equal: found.equal,
    missing_here: {
      ...shownSum(missingHere),
      items: missingHere.items.map(({ uuid, row, ...leg }) => ({ ...named(uuid), row, ...shownLeg(leg) })),
    },
    missing_there: {
      ...shownSum(missingThere),
      items: missingThere.items.map(({ uuid, ...leg }) => ({ ...named(uuid), ...shownLeg(leg) })),
    },
    different: {
      ...shownSum(different),
      items: different.items.map(({ uuid, row, here, there }) => ({
        ...named(uuid),
        row,
        here: shownLeg(here),
        there: shownLeg(there),
      })),
    },
    duplicates: {
      ...shownSum(duplicates),
      items: duplicates.items.map(({ uuid, row }) => ({ ...named(uuid), row })),
    },
    before_retention: shownSum(found.beforeRetention),
    outside_month: found.outsideMonth,
  };
}

type LegName = { call_uuid?: string; message_uuid?: string };
type ShownSum = { legs: number; billed_seconds?: number; units?: number; amount: string };
type ShownLeg = { duration?: number; billed_duration?: number; units?: number; amount?: string };

function sumOfCalls({ legs, billedSeconds, amount }: LegSum): ShownSum {
  return { legs, billed_seconds: billedSeconds, amount: moneyText(amount) };
}

function sumOfMessages({ legs, billedSeconds: units, amount }: LegSum): ShownSum {
  return { legs, units, amount: moneyText(amount) };
}

/** What is told of it. */
interface ToldLeg {
  duration?: number;
  billedDuration?: number;
  amount?: number;
}

function shownCall({ duration, billedDuration, amount }: ToldLeg): ShownLeg {
  return {
    ...(duration !== undefined && { duration }),
    ...(billedDuration !== undefined && { billed_duration: billedDuration }),
    ...(amount !== undefined && { amount: moneyText(amount) }),
  };
}

function shownMessage({ billedDuration: units, amount }: ToldLeg): ShownLeg {
  return { ...(units !== undefined && { units }), ...(amount !== undefined && { amount: moneyText(amount) }) };
}

export const CALL_LOG: Schema = {
  type: 'string',
  description:
    "Plivo's call log with its header, or its message log. Of the columns Call UUID, Call duration, Billed duration and Billed amount are needed, and End time is read where it is there; of the other Message UUID, Units and Total amount, and Message time and Carrier fees.",
  example:
    'Call UUID,End time,Call duration,Billed duration,Billed amount\r\n0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f,2026-11-29 17:00:00+00:00,42,60,0.00850\r\n',
};

const sumMembers = (): Members<ShownSum> => ({
  legs: integer('Legs.', 2),
  billed_seconds: optional(integer('As billed; of calls.', 120)),
  units: optional(integer('As billed; of messages.', 2)),
  amount: money("Plivo's price; of messages with carriers' where the file names it."),
});
const legMembers = (): Members<ShownLeg> => ({
  duration: optional(count('Seconds; where it is told.', 42)),
  billed_duration: optional(count('Seconds; where it is told.', 60)),
  units: optional(count('Of messages; where it is told.', 1)),
  amount: optional(money("Plivo's price, where it is told.")),
});
const sum = (description: string): Schema => object(sumMembers(), description);
const named = (description: string, members: Record<string, Schema>): Schema =>
  object({ ...sumMembers(), items: listOf(object(members), 'The first 1,000.') }, description);

export const COMPARISON = shape<ReturnType<typeof shownComparison>>('InvoiceComparison', () => {
  const uuid = text("Plivo's, of the leg.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f');
  const name = { call_uuid: optional(uuid), message_uuid: optional(uuid) };
  const row = count('Line of the file; the header is the first.', 2);
  return {
    kind: word('Of what the file is.', ['calls', 'messages']),
    account: authId('Of the account.'),
    month: text('As asked for.', '2026-11'),
    time_zone: text('Where the month begins and ends.', 'UTC'),
    currency: word('Of all amounts.', [CURRENCY]),
    there: sum('All legs of the file, each once.'),
    here: sum('The same legs as they are known here, and those of the month that the file lacks.'),
    difference: sum('What is more in the file than here.'),
    equal: count('Legs that are the same in both.', 2),
    missing_here: named('In the file, and never heard of here; or of a person who was erased.', {
      ...name,
      row,
      ...legMembers(),
    }),
    missing_there: named('Ended here within the month, and not in the file.', { ...name, ...legMembers() }),
    different: named('By what it is more in the file.', {
      ...name,
      row,
      here: object(legMembers(), 'What is another here.'),
      there: object(legMembers(), 'What is another in the file.'),
    }),
    duplicates: named('Rows that name a leg once more; they count in no other sum.', { ...name, row }),
    before_retention: sum('In the file, unknown here, and so old that their calls may have been deleted.'),
    outside_month: count('In the file, and by its own words ended outside of the month.'),
  };
});
