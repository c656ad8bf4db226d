import type { ReactNode } from 'react';
import { costs } from '../../../design/texts/console/costs.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { countText, Money, placesOf } from '../../parts/facts.tsx';
import type { Rows } from '../../parts/use-rows.ts';
import { Value, type Group } from './cost-words.tsx';
import type { StatsRow } from '../../reach/answers.ts';
import { sumOf, type Sums } from './sums.ts';

const { table: words } = costs;
const FIGURES = [
  'calls',
  'connected',
  'minutes',
  'sessions',
  'texts',
  'units',
  'ofTexts',
  'provider',
  'fees',
  'amount',
] as const;
/** Left out where there is no room: what things cost is what is looked for. */
const WIDE_ONLY = new Set<(typeof FIGURES)[number]>(['connected', 'minutes', 'sessions', 'units', 'ofTexts']);

/** The sum stands above the rows: it is of all of them, also of those that are not loaded. */
export function CostTable({
  groups,
  rows,
  total,
}: {
  groups: readonly Group[];
  rows: Rows<StatsRow>;
  total: Sums | undefined;
}) {
  const sums = rows.rows.map((row) => sumOf([row]));
  const places = placesIn(total === undefined ? sums : [total, ...sums]);
  return (
    <div className="cost-table">
      <div className="scrolls" tabIndex={0} role="region" aria-label={costs.title}>
        <table className="plain small">
          <Head groups={groups} />
          <tbody>
            {total !== undefined && (
              <tr className="sum">
                <th scope="row" colSpan={groups.length}>
                  {words.sum}
                </th>
                <Figures row={total} places={places} />
              </tr>
            )}
            {rows.rows.map((row, at) => (
              <tr key={row.key}>
                {groups.map((group, place) =>
                  place === 0 ? (
                    <th key={group} scope="row">
                      <Value group={group} value={row[group] ?? row.key} />
                    </th>
                  ) : (
                    <td key={group} className="also" data-name={costs.groups[group]}>
                      <Value group={group} value={row[group] ?? ''} />
                    </td>
                  ),
                )}
                <Figures row={sums[at] ?? sumOf([row])} places={places} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.isLoadingMore && <Skeleton lines={2} />}
      {rows.hasMore && !rows.isLoadingMore && (
        <button type="button" className="button" onClick={rows.loadMore}>
          {costs.more}
        </button>
      )}
    </div>
  );
}

type Places = Readonly<Record<'minutes' | 'ofTexts' | 'provider' | 'fees' | 'amount', number>>;

/** Of each column: points stand below each other. */
function placesIn(sums: readonly Sums[]): Places {
  return {
    minutes: sums.every(({ minutes }) => Number.isInteger(minutes)) ? 0 : 2,
    ofTexts: placesOf(sums.map((row) => row.message_amount)),
    provider: placesOf(sums.map((row) => row.provider)),
    fees: placesOf(sums.map((row) => row.fees)),
    amount: placesOf(sums.map((row) => row.amount)),
  };
}

function Figures({ row, places }: { row: Sums; places: Places }) {
  const { calls, connected, minutes, sessions, messages, message_units: units, message_amount: ofTexts } = row;
  const cells: Readonly<Record<(typeof FIGURES)[number], ReactNode>> = {
    calls: countText(calls),
    connected: countText(connected),
    minutes: countText(minutes, places.minutes),
    sessions: countText(sessions),
    texts: countText(messages),
    units: countText(units),
    ofTexts: <Money amount={ofTexts} places={places.ofTexts} />,
    provider: <Money amount={row.provider} places={places.provider} />,
    fees: <Money amount={row.fees} places={places.fees} />,
    amount: (
      <strong>
        <Money amount={row.amount} places={places.amount} />
      </strong>
    ),
  };
  return FIGURES.map((name) => (
    <td key={name} className={classOf(name)} data-name={words[name]}>
      {cells[name]}
    </td>
  ));
}

function classOf(name: (typeof FIGURES)[number]): string {
  return `figures${WIDE_ONLY.has(name) ? ' wide-only' : ''}${name === 'amount' ? ' of-row' : ''}`;
}

function Head({ groups }: { groups: readonly Group[] }) {
  return (
    <thead>
      <tr>
        {groups.map((group) => (
          <th key={group} scope="col">
            {titled(costs.groups[group])}
          </th>
        ))}
        {FIGURES.map((name) => (
          <th key={name} scope="col" className={classOf(name)}>
            {words[name]}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** As the other heads are written. */
function titled(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
