import type { Bar } from '../../parts/chart.tsx';
import type { StatsRow } from '../../reach/answers.ts';
import { dayText, valueText } from './cost-words.tsx';
import { monthBefore } from './months.ts';
import { sumOf } from './sums.ts';

/** What bars stand for, each as long as the next. */
export type OfTime = 'day' | 'hour' | 'month';

const LENGTH_MS = { day: 86_400_000, hour: 3_600_000 } as const;

/** A bar for each day, hour or month from the first row to the last: where nothing was spent there is no row, and the axis goes on all the same. Null where that makes more than `most`. */
export function costBars(group: OfTime, rows: readonly StatsRow[], most: number): Bar[] | null {
  const bars: Bar[] = [];
  for (const row of rows) {
    for (let key = afterLast(bars, group); key !== null && isBefore(key, row.key); key = afterLast(bars, group)) {
      if (bars.length >= most) return null;
      bars.push({ key, ...namesOf(group, key), values: [0, 0] });
    }
    const { provider, fees } = sumOf([row]);
    bars.push({ key: row.key, ...namesOf(group, row.key), values: [Number(provider), Number(fees)] });
  }
  return bars.length > most ? null : bars;
}

function afterLast(bars: readonly Bar[], group: OfTime): string | null {
  const last = bars.at(-1)?.key;
  if (last === undefined) return null;
  if (group === 'month') return monthBefore(last, -1);
  if (group === 'day') return new Date(Date.parse(last) + LENGTH_MS.day).toISOString().slice(0, 10);
  // As it is written there: the offset stays, and the clock goes on by an hour.
  const [clock = '', offset = ''] = [last.slice(0, 19), last.slice(19)];
  return new Date(Date.parse(`${clock}Z`) + LENGTH_MS.hour).toISOString().slice(0, 19) + offset;
}

/** Hours are compared as instants: when clocks are put back, one comes twice. */
function isBefore(one: string, other: string): boolean {
  return Date.parse(one) < Date.parse(other);
}

/** Under the axis what is short, in the table and on hover all of it. */
function namesOf(group: OfTime, key: string): Pick<Bar, 'label' | 'over' | 'name'> {
  const name = valueText(group, key);
  const [year = '', month = ''] = key.split('-');
  if (group === 'month') return { label: dayText(`${year}-${month}-01`, { month: 'short' }), over: year, name };
  if (group === 'day') return { label: String(Number(key.slice(8))), over: dayText(key, { month: 'short' }), name };
  return { label: key.slice(11, 16), over: dayText(key.slice(0, 10), { day: 'numeric', month: 'short' }), name };
}
