import { readFacts } from '../../../design/facts.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import { sessions as words } from '../../../design/texts/console/sessions.ts';
import { briefly, serviceNow, useZone } from '../../parts/clock.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Ago, countText, Money, PoolNumber } from '../../parts/facts.tsx';
import { Export } from '../../parts/export.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { ListPage } from '../../parts/page.tsx';
import { SessionCommand } from '../../parts/session-command.tsx';
import { useRows } from '../../parts/use-rows.ts';
import type { Session } from '../../reach/answers.ts';
import { SeatedParty, SessionStatus } from './seats.tsx';
import { SessionDetail } from './session-detail.tsx';

const FILTERS: readonly Filter[] = [
  {
    name: 'status',
    label: words.filters.status,
    kind: 'choice',
    options: [
      ['active', words.filters.live],
      ['in-progress', words.status['in-progress']],
      ['expired', words.status.expired],
    ],
  },
  { name: 'party', label: words.filters.party, kind: 'text', placeholder: words.filters.partyExample },
  { name: 'virtual_number', label: words.filters.virtual, kind: 'text', placeholder: words.filters.virtualExample },
  { name: 'account', label: parts.filters.account, kind: 'text', placeholder: 'MA…' },
];

const COLUMNS: readonly Column<Session>[] = [
  {
    id: 'opened',
    name: words.columns.opened,
    width: '7.5rem',
    narrow: 'end',
    cell: ({ created_time: at }) => <Ago at={at} />,
  },
  {
    id: 'first',
    name: words.columns.first,
    width: 'minmax(10.5rem, 1fr)',
    narrow: 'lead',
    cell: ({ first_party: number }) => <SeatedParty number={number} />,
  },
  {
    id: 'second',
    name: words.columns.second,
    width: 'minmax(10.5rem, 1fr)',
    from: 700,
    narrow: 'below',
    cell: ({ second_party: number }) => <SeatedParty number={number} />,
  },
  {
    id: 'virtual',
    name: words.columns.virtual,
    width: 'minmax(10.5rem, 1fr)',
    from: 880,
    cell: ({ virtual_number: number }) => <PoolNumber number={number} />,
  },
  {
    id: 'status',
    name: words.columns.status,
    width: '9rem',
    narrow: 'below-end',
    cell: ({ status }) => <SessionStatus status={status} />,
  },
  {
    id: 'ends',
    name: words.columns.ends,
    width: '7.5rem',
    from: 1020,
    cell: ({ expiry_time: at }) => (at === null ? <span className="soft">{words.never}</span> : <Ago at={at} />),
  },
  {
    id: 'calls',
    name: words.columns.calls,
    width: '4rem',
    isFigure: true,
    from: 1000,
    cell: ({ interaction }) => countText(interaction?.length ?? 0),
  },
  {
    id: 'cost',
    name: words.columns.cost,
    width: '5.5rem',
    isFigure: true,
    from: 1000,
    cell: ({ total_session_amount: amount }) => <Money amount={amount} />,
  },
];

export default function SessionsPage() {
  const [filters] = useFilters();
  const chosen = useZone();
  const rows = useRows('/sessions', filters);
  return (
    <ListPage
      title={words.title}
      end={<Export path="/sessions" query={filters} roles={['viewer', 'support']} />}
      filters={<FilterBar filters={FILTERS} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={COLUMNS}
          idOf={({ session_uuid: id }) => id}
          nameOf={({ created_time: at, status }) =>
            words.row(briefly(new Date(at), serviceNow(), chosen), words.status[status])
          }
          live={['session', 'call']}
          empty={<NoSessions />}
        />
      }
      detail={(id) => <SessionDetail id={id} />}
    />
  );
}

function NoSessions() {
  const isSimulated = readFacts().provider === 'simulator';
  return (
    <EmptyList words={isSimulated ? { ...words.empty, why: words.empty.whyPhones } : words.empty}>
      {isSimulated ? (
        <a className="button main" href="./phones">
          {words.empty.phones}
        </a>
      ) : (
        <SessionCommand more={{}} />
      )}
    </EmptyList>
  );
}
