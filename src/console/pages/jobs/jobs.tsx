import { jobs as words } from '../../../design/texts/console/jobs.ts';
import type { components } from '../../api-types.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Ago, countText, Nothing } from '../../parts/facts.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { ListPage } from '../../parts/page.tsx';
import { useRows } from '../../parts/use-rows.ts';
import { JobDetail } from './job-detail.tsx';
import { errorText, JobStatus, kindText } from './job-words.tsx';

type Job = components['schemas']['Job'];

const FILTERS: readonly Filter[] = [
  {
    name: 'status',
    label: words.filters.status,
    kind: 'choice',
    options: [
      ['parked', words.status.parked],
      ['waiting', words.status.waiting],
      ['running', words.status.running],
    ],
  },
];

const COLUMNS: readonly Column<Job>[] = [
  {
    id: 'when',
    name: words.columns.when,
    width: '7.5rem',
    narrow: 'end',
    cell: ({ created_at: at }) => <Ago at={at} />,
  },
  {
    id: 'kind',
    name: words.columns.kind,
    width: 'minmax(13rem, 1fr)',
    narrow: 'lead',
    cell: ({ kind }) => kindText(kind),
  },
  {
    id: 'status',
    name: words.columns.status,
    width: '7rem',
    narrow: 'below-end',
    cell: ({ status }) => <JobStatus status={status} />,
  },
  {
    id: 'attempts',
    name: words.columns.attempts,
    width: '5rem',
    isFigure: true,
    from: 640,
    cell: ({ attempts }) => countText(attempts),
  },
  { id: 'next', name: words.columns.next, width: '7.5rem', from: 760, cell: ({ next_run_at: at }) => <Ago at={at} /> },
  {
    id: 'error',
    name: words.columns.error,
    width: 'minmax(12rem, 1.4fr)',
    narrow: 'below',
    from: 900,
    cell: ({ last_error: error }) => (error === null ? <Nothing /> : <span title={error}>{errorText(error)}</span>),
  },
];

export default function JobsPage() {
  const [filters] = useFilters();
  const rows = useRows('/jobs', filters);
  return (
    <ListPage
      title={words.title}
      filters={<FilterBar filters={FILTERS} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={COLUMNS}
          idOf={({ id }) => id}
          nameOf={({ kind, status }) => words.row(kindText(kind), words.status[status])}
          live={['job']}
          empty={
            <EmptyList
              words={filters['status'] === 'parked' ? { ...words.empty, filtered: words.empty.parked } : words.empty}
            />
          }
        />
      }
      detail={(id) => <JobDetail id={id} />}
    />
  );
}
