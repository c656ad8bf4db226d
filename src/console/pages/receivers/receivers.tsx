import { receivers as words } from '../../../design/texts/console/receivers.ts';
import { hrefOf } from '../../address.ts';
import type { components } from '../../api-types.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Ago } from '../../parts/facts.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { Meant } from '../../parts/outcome.tsx';
import { ListPage } from '../../parts/page.tsx';
import { useRows } from '../../parts/use-rows.ts';
import { ReceiverDetail } from './receiver-detail.tsx';

type Receiver = components['schemas']['Receiver'];

const FILTERS: readonly Filter[] = [
  {
    name: 'status',
    label: words.filters.status,
    kind: 'choice',
    options: [
      ['paused', words.filters.paused],
      ['failing', words.filters.failing],
    ],
  },
];

const COLUMNS: readonly Column<Receiver>[] = [
  {
    id: 'origin',
    name: words.columns.origin,
    width: 'minmax(14rem, 1.5fr)',
    narrow: 'lead',
    cell: ({ origin }) => <span className="number">{origin}</span>,
  },
  {
    id: 'status',
    name: words.columns.status,
    width: '10.5rem',
    narrow: 'below',
    cell: ({ status }) => <Meant kind={status === 'paused' ? 'failed' : 'ringing'}>{words.status[status]}</Meant>,
  },
  {
    id: 'since',
    name: words.columns.since,
    width: '8.5rem',
    narrow: 'end',
    cell: ({ failing_since: at }) => <Ago at={at} />,
  },
  {
    id: 'last',
    name: words.columns.last,
    width: '8.5rem',
    from: 700,
    cell: ({ last_failed_at: at }) => <Ago at={at} />,
  },
  {
    id: 'account',
    name: words.columns.account,
    width: 'minmax(11rem, 1fr)',
    from: 860,
    cell: ({ account }) => <code>{account}</code>,
  },
];

export default function ReceiversPage() {
  const [filters] = useFilters();
  const rows = useRows('/receivers', filters);
  return (
    <ListPage
      title={words.title}
      lead={words.lead}
      filters={<FilterBar filters={FILTERS} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={COLUMNS}
          idOf={({ id }) => id}
          nameOf={({ origin, status }) => words.row(origin, words.status[status])}
          live={['callback']}
          empty={
            <EmptyList words={words.empty}>
              <a className="button" href={hrefOf({ page: 'callbacks' })}>
                {words.empty.callbacks}
              </a>
            </EmptyList>
          }
        />
      }
      detail={(id) => <ReceiverDetail id={id} />}
    />
  );
}
