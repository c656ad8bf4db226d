import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn } from 'class-validator';
import { CURRENCY, decimalText } from '../../accounts/index.js';
import { GROUPINGS, type Grouping, type RecountReport, type StatsRow } from '../../billing-stats/index.js';
import { TimeZone } from '../../platform/time-zone.js';
import { PageQuery } from '../page.dto.js';
import {
  count,
  decimal,
  flag,
  instant,
  money,
  optional,
  orNull,
  pageSchema,
  shape,
  text,
  word,
  type OptionalSchema,
} from '../../platform/openapi/schemas.js';
import { AccountAuthId, IfGiven, IsoInstant, isoText, IsTimeZone } from '../values.dto.js';

const GROUP_BY = `group_by must be one to three of ${GROUPINGS.join(', ')}, each once, joined by commas`;

export class StatsQuery extends PageQuery {
  @ApiProperty({ description: 'Auth ID; every account where left out.' })
  @IfGiven()
  @AccountAuthId()
  account?: string;

  @ApiProperty({
    description:
      'ISO 8601, rounded down to a full hour of `time_zone`, in which it is read where it has no offset. Thirty days before `to` where left out.',
  })
  @IfGiven()
  @IsoInstant('time_zone')
  from?: number;

  @ApiProperty({
    description: 'ISO 8601, exclusive; rounded up to a full hour. The end of this hour where left out.',
  })
  @IfGiven()
  @IsoInstant('time_zone')
  to?: number;

  @ApiProperty({
    description: `One to three of ${GROUPINGS.join(', ')}, each once, joined by commas.`,
    example: ['month', 'account', 'country'],
  })
  @IfGiven()
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray({ message: GROUP_BY })
  @ArrayMaxSize(3, { message: GROUP_BY })
  @ArrayUnique({ message: GROUP_BY })
  @IsIn(GROUPINGS, { each: true, message: GROUP_BY })
  group_by: Grouping[] = ['day'];

  @ApiProperty({
    type: 'string',
    description: 'IANA name, such as `Asia/Kolkata`: where days, hours and months begin.',
    default: 'UTC',
    example: 'Europe/Berlin',
  })
  @IfGiven()
  @IsTimeZone()
  time_zone: TimeZone = TimeZone.utc;

  @ApiProperty({ description: 'Without it the Accept header decides.' })
  @IfGiven()
  @IsIn(['json', 'csv'], { message: 'format must be json or csv' })
  format?: 'json' | 'csv';
}

/** A row of statistics in the forms of /admin, with a property for each key that was asked for. */
export function shownStats(row: StatsRow) {
  const { key, values, calls, connected, talkSeconds, billedSeconds, amount, ownAmount, sessions, fees, ...texts } =
    row;
  return {
    key,
    ...values,
    calls,
    connected,
    /** Talked, to hundredths. */
    minutes: Math.round((talkSeconds * 100) / 60) / 100,
    billed_seconds: billedSeconds,
    amount: decimalText(amount + fees),
    sessions,
    /** Plivo's prices. */
    provider_amount: decimalText(amount - ownAmount),
    /** The account's own: of sessions and of minutes. */
    fees: decimalText(ownAmount + fees),
    currency: CURRENCY,
    messages: texts.texts,
    messages_delivered: texts.textsDelivered,
    messages_failed: texts.textsFailed,
    message_units: texts.textUnits,
    message_amount: decimalText(texts.textAmount),
    message_fees: decimalText(texts.textOwnAmount),
    total_amount: decimalText(amount + fees + texts.textAmount),
  };
}

export const STATS_COLUMNS = [
  'calls',
  'connected',
  'minutes',
  'billed_seconds',
  'amount',
  'sessions',
  'provider_amount',
  'fees',
  'currency',
  'messages',
  'messages_delivered',
  'messages_failed',
  'message_units',
  'message_amount',
  'message_fees',
  'total_amount',
] as const;

export class RecountQuery {
  @ApiProperty({ description: 'Whether differences are removed, not only reported.' })
  @IfGiven()
  @IsIn(['true', 'false'], { message: 'repair must be true or false' })
  repair?: 'true' | 'false';
}

/** Counts only. `differences` is 0 where the statistics are what a full count of all calls and texts comes to. */
export function shownRecount(report: RecountReport | null) {
  if (report === null) return null;
  const { callDifferences: calls, textDifferences: texts } = report;
  const { sessionDifferences: sessions, sumDifferences: sums } = report;
  return {
    started_at: isoText(report.startedAt),
    finished_at: isoText(report.finishedAt),
    calls: report.calls,
    amount: decimalText(report.amount),
    stats_calls: report.statCalls,
    stats_amount: decimalText(report.statAmount),
    messages: report.texts,
    message_amount: decimalText(report.textAmount),
    stats_messages: report.statTexts,
    stats_message_amount: decimalText(report.statTextAmount),
    differences: calls + texts + sessions + sums,
    call_differences: calls,
    message_differences: texts,
    session_differences: sessions,
    sum_differences: sums,
    repaired: report.isRepaired,
  };
}

const KEYS: Record<Grouping, string> = {
  day: '2026-11-29',
  hour: '2026-11-29T17:00:00.000Z',
  month: '2026-11',
  number: '+14155550100',
  session: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f',
  account: 'MAXXXXXXXXXXXXXXXXXX',
  country: 'US',
  subaccount: 'SAXXXXXXXXXXXXXXXXXX',
  direction: 'inbound',
};
type ShownStats = Omit<ReturnType<typeof shownStats>, Grouping>;

const STATS_ROW = shape<ShownStats & Partial<Record<Grouping, string>>>('StatsRow', () => ({
  key: text('The values of all keys that were asked for; for one key its value.', '2026-11-29'),
  ...ofKeys(),
  calls: count('Calls that came or were requested.', 3),
  connected: count('Those whose parties talked.', 2),
  minutes: decimal('Talked, to hundredths.', 4.5),
  billed_seconds: count('Of all legs.', 300),
  amount: money("Plivo's price and the account's own fees."),
  sessions: count('Sessions opened.', 2),
  provider_amount: money("Plivo's price."),
  fees: money("The account's own: of sessions and of minutes."),
  currency: word('Of all amounts.', [CURRENCY]),
  messages: count('Texts that were taken to be passed on.', 2),
  messages_delivered: count('Those that have arrived.', 2),
  messages_failed: count('Those that did not, or of which nobody knows.', 0),
  message_units: count('Of both legs of all texts, refused ones too.', 4),
  message_amount: money("Of texts: Plivo's price, carriers' and the account's own. No part of `amount`."),
  message_fees: money("The account's own of it."),
  total_amount: money('`amount` and `message_amount`.'),
}));

function ofKeys(): Record<Grouping, OptionalSchema> {
  const members = GROUPINGS.map((key) => [key, optional(text('There where `group_by` names it.', KEYS[key]))]);
  return Object.fromEntries(members) as Record<Grouping, OptionalSchema>;
}

export const STATS_PAGE = pageSchema('Stats', STATS_ROW);
export const STATS_CSV = {
  type: 'string',
  description: `With a header: key, each of \`group_by\`, ${STATS_COLUMNS.join(', ')}.`,
  example: `key,day,${STATS_COLUMNS.join()}\r\n2026-11-29,2026-11-29,3,2,4.5,300,0.0425,2,0.0425,0,USD,2,2,0,4,0.025,0,0.0675\r\n`,
};
const REPORT = shape<NonNullable<ReturnType<typeof shownRecount>>>('RecountReport', () => ({
  started_at: orNull(instant('When it began.')),
  finished_at: orNull(instant('When it ended.')),
  calls: count('All calls that were counted.'),
  amount: money('What all calls came to.'),
  stats_calls: count('As many as the statistics said.'),
  stats_amount: money('What the statistics said.'),
  messages: count('All texts that were taken to be passed on and are still there.'),
  message_amount: money('What all texts came to.'),
  stats_messages: count('As many as the statistics said.'),
  stats_message_amount: money('What the statistics said.'),
  differences: count('0 where the statistics are what a full count of all calls and texts comes to.'),
  call_differences: count('Of calls.'),
  message_differences: count('Of texts.'),
  session_differences: count('Of sessions.'),
  sum_differences: count('Of sums.'),
  repaired: flag('Whether they were removed.'),
}));
export const RECOUNT = shape<{ last: object | null }>('Recount', () => ({ last: orNull(REPORT) }));
export const RECOUNT_STARTED = shape<{ queued: boolean; repair: boolean }>('RecountStarted', () => ({
  queued: flag('Always true.', true),
  repair: flag('Whether differences will be removed.'),
}));
