import { LANGUAGE } from '../../../design/texts/language.ts';
import { costs } from '../../../design/texts/console/costs.ts';
import { BarChart } from '../../parts/chart.tsx';
import type { StatsRow } from '../../reach/answers.ts';
import { costBars, type OfTime } from './cost-bars.ts';
import type { Group } from './cost-words.tsx';

const { chart: words } = costs;
const MONEY = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
/** More bars cannot be told from each other. */
const MOST = 100;
/** Of these the bars stand in the order of time; one alone is no course of anything. */
const OF_TIME: readonly string[] = ['day', 'hour', 'month'] satisfies OfTime[];

export function CostChart({ group, rows, hasMore }: { group: Group; rows: readonly StatsRow[]; hasMore: boolean }) {
  if (!isOfTime(group) || rows.length < 2 || hasMore) return null;
  const bars = costBars(group, rows, MOST);
  if (bars === null) return null;
  return (
    <BarChart
      title={words.title}
      axis={words.axis(rows[0]?.currency ?? 'USD')}
      series={[
        { id: 'provider', name: words.provider, kind: 'accent' },
        { id: 'fees', name: words.fees, kind: 'ended' },
      ]}
      bars={bars}
      show={(amount) => MONEY.format(amount)}
    />
  );
}

function isOfTime(group: Group): group is OfTime {
  return OF_TIME.includes(group);
}
