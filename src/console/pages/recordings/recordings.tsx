import { recordings as words } from '../../../design/texts/console/recordings.ts';
import { briefly, serviceNow, useZone } from '../../parts/clock.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Ago } from '../../parts/facts.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { ListPage } from '../../parts/page.tsx';
import { SessionCommand } from '../../parts/session-command.tsx';
import { useRows } from '../../parts/use-rows.ts';
import { RecordingDetail } from './recording-detail.tsx';
import { Length, RecordingStatus, Size, type Recording } from './recording-words.tsx';

const FILTERS: readonly Filter[] = [
  { name: 'session', label: words.filters.session, kind: 'text', placeholder: words.filters.sessionExample },
];

const COLUMNS: readonly Column<Recording>[] = [
  {
    id: 'when',
    name: words.columns.when,
    width: 'minmax(8rem, 1fr)',
    narrow: 'lead',
    cell: ({ created_at: at }) => <Ago at={at} />,
  },
  {
    id: 'status',
    name: words.columns.status,
    width: 'minmax(9rem, 1fr)',
    narrow: 'below',
    cell: ({ status }) => <RecordingStatus status={status} />,
  },
  {
    id: 'length',
    name: words.columns.length,
    width: '7rem',
    isFigure: true,
    narrow: 'end',
    cell: ({ duration_seconds: seconds }) => <Length seconds={seconds} />,
  },
  {
    id: 'size',
    name: words.columns.size,
    width: '6rem',
    isFigure: true,
    from: 640,
    narrow: 'below-end',
    cell: ({ bytes }) => <Size bytes={bytes} />,
  },
  {
    id: 'session',
    name: words.columns.session,
    width: 'minmax(8rem, 1fr)',
    from: 760,
    cell: ({ session_uuid: id }) => <code title={id}>{`${id.slice(0, 8)}…`}</code>,
  },
  {
    id: 'account',
    name: words.columns.account,
    width: 'minmax(12rem, 1fr)',
    from: 860,
    cell: ({ account }) => <code>{account}</code>,
  },
];

export default function RecordingsPage() {
  const [filters] = useFilters();
  const chosen = useZone();
  const rows = useRows('/recordings', filters);
  return (
    <ListPage
      title={words.title}
      filters={<FilterBar filters={FILTERS} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={COLUMNS}
          idOf={({ recording_id: id }) => id}
          nameOf={({ created_at: at, status }) =>
            words.row(at === null ? '' : briefly(new Date(at), serviceNow(), chosen), words.status[status])
          }
          live={['call']}
          empty={
            <EmptyList words={words.empty}>
              <SessionCommand more={{ record: true }} />
            </EmptyList>
          }
        />
      }
      detail={(id) => <RecordingDetail id={id} />}
    />
  );
}
