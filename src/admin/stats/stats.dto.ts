import { IsIn, Matches } from 'class-validator';
import { decimalText } from '../../accounts/index.js';
import { GROUPINGS, type Grouping, type RecountReport, type StatsRow } from '../../billing-stats/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, IsoInstant, isoText } from '../values.dto.js';

export class StatsQuery extends PageQuery {
  /** Auth ID; every account where left out. */
  @IfGiven()
  @Matches(/^[A-Za-z0-9]{1,20}$/, { message: 'account must be the Auth ID of an account' })
  account?: string;

  /** Rounded down to a full hour. Thirty days before `to` where left out. */
  @IfGiven()
  @IsoInstant()
  from?: number;

  /** Exclusive; rounded up to a full hour. The end of this hour where left out. */
  @IfGiven()
  @IsoInstant()
  to?: number;

  @IfGiven()
  @IsIn(GROUPINGS, { message: `group_by must be one of ${GROUPINGS.join(', ')}` })
  group_by: Grouping = 'day';

  /** Without it the Accept header decides. */
  @IfGiven()
  @IsIn(['json', 'csv'], { message: 'format must be json or csv' })
  format?: 'json' | 'csv';
}

export function shownStats({ key, calls, connected, talkSeconds, billedSeconds, amount, sessions, fees }: StatsRow) {
  return {
    key,
    calls,
    connected,
    /** Talked, to hundredths. */
    minutes: Math.round((talkSeconds * 100) / 60) / 100,
    billed_seconds: billedSeconds,
    amount: decimalText(amount + fees),
    sessions,
  };
}

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
