import { groupedNumber } from '../../../design/format.ts';
import { numbers as words } from '../../../design/texts/console/numbers.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Ago, countText, Nothing, PoolNumber } from '../../parts/facts.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { ListPage } from '../../parts/page.tsx';
import { useHealth } from '../../parts/use-health.ts';
import { useRows } from '../../parts/use-rows.ts';
import { AddNumber, ImportNumbers, SyncNumbers } from './add-numbers.tsx';
import { NumberDetail } from './number-detail.tsx';
import { HealthWord, Leads, NumberStatus, type Health, type Pooled } from './number-words.tsx';
import './numbers.css';

const FILTERS: readonly Filter[] = [
  {
    name: 'status',
    label: words.filters.status,
    kind: 'choice',
    options: Object.entries(words.status),
  },
  { name: 'country', label: words.filters.country, kind: 'text', placeholder: words.filters.countryExample },
  { name: 'account', label: parts.filters.account, kind: 'text', placeholder: 'MA…' },
];

const columnsWith = (health: ReadonlyMap<string, Health> | undefined): readonly Column<Pooled>[] => [
  {
    id: 'number',
    name: words.columns.number,
    width: 'minmax(11rem, 1fr)',
    narrow: 'lead',
    cell: ({ number }) => <PoolNumber number={number} />,
  },
  {
    id: 'status',
    name: words.columns.status,
    width: '9.5rem',
    narrow: 'below',
    cell: ({ status }) => <NumberStatus status={status} />,
  },
  {
    id: 'health',
    name: words.columns.health,
    width: '10.5rem',
    narrow: 'below-end',
    cell: ({ number }) => (health === undefined ? <Nothing /> : <HealthWord health={health.get(number)} />),
  },
  {
    id: 'live',
    name: words.columns.live,
    width: '6.5rem',
    isFigure: true,
    from: 640,
    cell: ({ live_sessions: live }) => (live === null ? <Nothing /> : countText(live)),
  },
  {
    id: 'used',
    name: words.columns.used,
    width: '7rem',
    from: 720,
    cell: ({ last_used_at: at }) => <Ago at={at} />,
  },
  {
    id: 'live-in-words',
    name: words.columns.live,
    width: '0',
    narrow: 'end',
    from: Infinity,
    cell: ({ live_sessions: live }) => live !== null && <span className="soft">{words.liveSessions(live)}</span>,
  },
  {
    id: 'leads',
    name: words.columns.leads,
    width: 'minmax(9rem, 1fr)',
    from: 860,
    cell: ({ leads_to: to }) => <Leads to={to} />,
  },
  { id: 'alias', name: words.columns.alias, width: 'minmax(7rem, 1fr)', from: 980, cell: ({ alias }) => alias },
];

export default function NumbersPage() {
  const [filters] = useFilters();
  const rows = useRows('/numbers', filters);
  const health = useHealth(rows.rows.map(({ account }) => account));
  return (
    <ListPage
      title={words.title}
      end={
        <>
          <SyncNumbers />
          <ImportNumbers />
          <AddNumber />
        </>
      }
      filters={<FilterBar filters={FILTERS} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={columnsWith(health)}
          idOf={({ number }) => number}
          nameOf={({ number, status }) => words.row(groupedNumber(number), words.status[status])}
          live={['pool']}
          empty={<EmptyList words={words.empty} />}
        />
      }
      detail={(id) => <NumberDetail number={id} />}
    />
  );
}
