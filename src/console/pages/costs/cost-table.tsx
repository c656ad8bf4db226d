import type { ReactNode } from 'react';
import { costs } from '../../../design/texts/console/costs.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { countText, Money } from '../../parts/facts.tsx';
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
                <Figures row={total} />
              </tr>
            )}
            {rows.rows.map((row) => (
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
                <Figures row={sumOf([row])} />
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

function Figures({ row }: { row: Sums }) {
  const { calls, connected, minutes, sessions, messages, message_units: units, message_amount: ofTexts } = row;
  const cells: Readonly<Record<(typeof FIGURES)[number], ReactNode>> = {
    calls: countText(calls),
    connected: countText(connected),
    minutes: countText(minutes),
    sessions: countText(sessions),
    texts: countText(messages),
    units: countText(units),
    ofTexts: <Money amount={ofTexts} />,
    provider: <Money amount={row.provider} />,
    fees: <Money amount={row.fees} />,
    amount: (
      <strong>
        <Money amount={row.amount} />
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
            {costs.groups[group]}
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
