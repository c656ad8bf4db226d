import { costs as words } from '../../../design/texts/console/costs.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import { hrefOf, type Filters } from '../../address.ts';
import { useZone } from '../../parts/clock.ts';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { Export } from '../../parts/export.tsx';
import { Failure, isToBeTold } from '../../parts/failure.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { PlainPage } from '../../parts/page.tsx';
import { useOne } from '../../parts/use-one.ts';
import { useRows, type Rows } from '../../parts/use-rows.ts';
import { CostChart } from './cost-chart.tsx';
import { CostTable } from './cost-table.tsx';
import { CompareInvoice } from './compare-invoice.tsx';
import './costs.css';
import { LAST_12, monthBefore, monthName, monthsUntilNow, periodName, periodOf, zoneOf } from './months.ts';
import type { StatsRow } from '../../reach/answers.ts';
import { sumOf, type Sums } from './sums.ts';
import { Totals } from './totals.tsx';

const ROLES = ['viewer', 'support', 'finance'] as const;
type Group = keyof typeof words.groups;
const GROUPS = Object.entries(words.groups);

function filtersFor(chosen: 'local' | 'utc'): readonly Filter[] {
  const [now = '', ...before] = monthsUntilNow(chosen);
  return [
    {
      name: 'month',
      label: words.month,
      kind: 'choice',
      any: monthName(now),
      options: [...before.map((month) => [month, monthName(month)] as const), [LAST_12, words.last12]],
    },
    {
      name: 'by',
      label: words.by,
      kind: 'choice',
      any: words.groups.day,
      options: GROUPS.filter(([id]) => id !== 'day'),
    },
    { name: 'then', label: words.thenBy, kind: 'choice', any: words.nothing, options: GROUPS },
    { name: 'last', label: words.thenBy, kind: 'choice', any: words.nothing, options: GROUPS },
    { name: 'account', label: parts.filters.account, kind: 'text', placeholder: 'MA…' },
    { name: 'zone', label: words.zone, kind: 'text', placeholder: words.zoneExample },
  ];
}

/** One to three, each once. */
function groupsOf({ by, then, last }: Filters): Group[] {
  const named = [by ?? 'day', then, last].filter((group) => group !== undefined && group in words.groups);
  return [...new Set(named)] as Group[];
}

/** What calls and sessions came to, of a month, by whatever they are asked by. */
export default function CostsPage() {
  const [filters] = useFilters();
  const chosen = useZone();
  const period = periodOf(filters, chosen);
  const groups = groupsOf(filters);
  const zone = zoneOf(filters, chosen);
  const whose = { account: filters['account'], from: period.from, to: period.to, time_zone: zone };
  const query = { ...whose, group_by: groups.join() };
  const rows = useRows('/stats', query);
  // By account there are few and all at once: whatever the table is grouped by, its sum is that of these.
  const all = useOne('/stats', { ...whose, group_by: 'account' }, ['call']);
  const total = all.body === undefined ? undefined : sumOf(all.body.items);
  const file = `costs-${period.month ?? 'last-12-months'}-by-${groups.join('-')}.csv`;
  return (
    <PlainPage title={words.title} end={<Export path="/stats" query={query} roles={ROLES} name={file} />}>
      <FilterBar filters={filtersFor(chosen)} />
      {isToBeTold(all.error, all.body) && <Failure error={all.error} what={words.totals.title} onAgain={all.again} />}
      {total === undefined ? (
        all.error === null && <Skeleton lines={3} />
      ) : (
        <Totals total={total} period={period} whose={whose} name={periodName(period)} />
      )}
      <Grouped rows={rows} groups={groups} total={total} zone={zone} month={period.month} />
      <CompareInvoice
        month={period.month}
        zone={zone}
        accounts={(all.body?.items ?? []).flatMap(({ account }) => account ?? [])}
      />
    </PlainPage>
  );
}

function NothingSpent({ month }: { month: string | null }) {
  return (
    <EmptyState what={words.empty.what} why={words.empty.why}>
      {month !== null && (
        <a className="button" href={hrefOf({ page: 'costs', filters: { month: monthBefore(month, 1) } })}>
          {words.empty.last}
        </a>
      )}
    </EmptyState>
  );
}

/** The period by the groups that were asked for; never the rows of those that were asked for before. */
function Grouped({
  rows,
  groups,
  total,
  zone,
  month,
}: {
  rows: Rows<StatsRow>;
  groups: readonly Group[];
  total: Sums | undefined;
  zone: string;
  month: string | null;
}) {
  return (
    <>
      {rows.error !== null && <Failure error={rows.error} what={words.title} onAgain={() => void rows.refresh()} />}
      {(rows.isEmpty === null || rows.isStale) && rows.error === null && <Skeleton lines={10} />}
      {rows.isEmpty === true && !rows.isStale && <NothingSpent month={month} />}
      {rows.rows.length > 0 && !rows.isStale && (
        <>
          {groups.length === 1 && <CostChart group={groups[0] ?? 'day'} rows={rows.rows} hasMore={rows.hasMore} />}
          <CostTable groups={groups} rows={rows} total={total} />
          <div className="tiny soft">
            <p>{words.rounding}</p>
            <p>
              {words.begins(zone)} {words.late}
            </p>
          </div>
        </>
      )}
    </>
  );
}
