import { LANGUAGE } from '../../../design/texts/language.ts';
import { costs } from '../../../design/texts/console/costs.ts';
import { BarChart, type Bar } from '../../parts/chart.tsx';
import { valueText, type Group } from './cost-words.tsx';
import type { StatsRow } from '../../reach/answers.ts';
import { sumOf } from './sums.ts';

const { chart: words } = costs;
const MONEY = new Intl.NumberFormat(LANGUAGE, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
/** More bars cannot be told from each other. */
const MOST = 100;
/** Of these the bars stand in the order of time; one alone is no course of anything. */
const OF_TIME: readonly Group[] = ['day', 'hour', 'month'];

export function CostChart({ group, rows, hasMore }: { group: Group; rows: readonly StatsRow[]; hasMore: boolean }) {
  if (!OF_TIME.includes(group) || rows.length < 2 || rows.length > MOST || hasMore) return null;
  const bars = rows.map((row): Bar => ({
    key: row.key,
    label: valueText(group, row.key).replace(/^\w+, /, ''),
    name: valueText(group, row.key),
    values: shares(row),
  }));
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

function shares(row: StatsRow): number[] {
  const { provider, fees } = sumOf([row]);
  return [Number(provider), Number(fees)];
}
