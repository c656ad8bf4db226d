import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, Matches } from 'class-validator';
import { CURRENCY, decimalText } from '../../accounts/index.js';
import { GROUPINGS, type Grouping, type RecountReport, type StatsRow } from '../../billing-stats/index.js';
import { TimeZone } from '../../platform/time-zone.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, IsoInstant, isoText, IsTimeZone } from '../values.dto.js';

const GROUP_BY = `group_by must be one to three of ${GROUPINGS.join(', ')}, each once, joined by commas`;

export class StatsQuery extends PageQuery {
  /** Auth ID; every account where left out. */
  @IfGiven()
  @Matches(/^[A-Za-z0-9]{1,20}$/, { message: 'account must be the Auth ID of an account' })
  account?: string;

  /** Rounded down to a full hour of `time_zone`, in which it is read where it has no offset. Thirty days before `to` where left out. */
  @IfGiven()
  @IsoInstant('time_zone')
  from?: number;

  /** Exclusive; rounded up to a full hour. The end of this hour where left out. */
  @IfGiven()
  @IsoInstant('time_zone')
  to?: number;

  /** One to three of day, hour, month, number, session, account, country, subaccount and direction, joined by commas. */
  @IfGiven()
  @ApiProperty({ type: String, example: 'month,account,country' })
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : value))
  @IsArray({ message: GROUP_BY })
  @ArrayMaxSize(3, { message: GROUP_BY })
  @ArrayUnique({ message: GROUP_BY })
  @IsIn(GROUPINGS, { each: true, message: GROUP_BY })
  group_by: Grouping[] = ['day'];

  /** IANA name, such as `Asia/Kolkata`: where days, hours and months begin. UTC where left out. */
  @IfGiven()
  @ApiProperty({ type: String, example: 'Europe/Berlin' })
  @IsTimeZone()
  time_zone: TimeZone = TimeZone.utc;

  /** Without it the Accept header decides. */
  @IfGiven()
  @IsIn(['json', 'csv'], { message: 'format must be json or csv' })
  format?: 'json' | 'csv';
}

/** A row of statistics in the forms of /admin, with a property for each key that was asked for. */
export function shownStats(row: StatsRow) {
  const { key, values, calls, connected, talkSeconds, billedSeconds, amount, ownAmount, sessions, fees } = row;
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
] as const;

export class RecountQuery {
  /** Whether differences are removed, not only reported. */
  @IfGiven()
  @IsIn(['true', 'false'], { message: 'repair must be true or false' })
  repair?: 'true' | 'false';
}

/** Counts only. `differences` is 0 where the statistics are what a full count of all calls comes to. */
export function shownRecount(report: RecountReport | null) {
  if (report === null) return null;
  const { callDifferences: calls, sessionDifferences: sessions, sumDifferences: sums } = report;
  return {
    started_at: isoText(report.startedAt),
    finished_at: isoText(report.finishedAt),
    calls: report.calls,
    amount: decimalText(report.amount),
    stats_calls: report.statCalls,
    stats_amount: decimalText(report.statAmount),
    differences: calls + sessions + sums,
    call_differences: calls,
    session_differences: sessions,
    sum_differences: sums,
    repaired: report.isRepaired,
  };
}
