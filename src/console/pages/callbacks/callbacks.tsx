import { readFacts } from '../../../design/facts.ts';
import { callbacks as words } from '../../../design/texts/console/callbacks.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import { hrefOf, type Filters } from '../../address.ts';
import type { components } from '../../api-types.ts';
import { briefly, serviceNow, useZone } from '../../parts/clock.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Ago, countText } from '../../parts/facts.tsx';
import { FilterBar, spanOf, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { ListPage } from '../../parts/page.tsx';
import { SessionCommand } from '../../parts/session-command.tsx';
import { useRows } from '../../parts/use-rows.ts';
import { CallbackDetail } from './callback-detail.tsx';
import { CallbackStatus, outcomeText } from './callback-words.tsx';
import { ReplayAll } from './replay-all.tsx';

type Callback = components['schemas']['Callback'];

const FILTERS: readonly Filter[] = [
  {
    name: 'status',
    label: words.filters.status,
    kind: 'choice',
    options: [
      ['parked', words.status.parked],
      ['pending', words.status.pending],
      ['delivered', words.status.delivered],
    ],
  },
  { name: 'when', label: parts.filters.period, kind: 'period' },
  { name: 'session', label: words.filters.session, kind: 'text', placeholder: words.filters.sessionExample },
  { name: 'account', label: parts.filters.account, kind: 'text', placeholder: 'MA…' },
];

const COLUMNS: readonly Column<Callback>[] = [
  {
    id: 'when',
    name: words.columns.when,
    width: '7.5rem',
    narrow: 'end',
    cell: ({ created_at: at }) => <Ago at={at} />,
  },
  { id: 'event', name: words.columns.event, width: 'minmax(12rem, 1.4fr)', narrow: 'lead', cell: ({ event }) => event },
  {
    id: 'status',
    name: words.columns.status,
    width: '7.5rem',
    narrow: 'below-end',
    cell: ({ status }) => <CallbackStatus status={status} />,
  },
  {
    id: 'outcome',
    name: words.columns.outcome,
    width: 'minmax(9rem, 1fr)',
    narrow: 'below',
    from: 640,
    cell: ({ outcome }) => (outcome === null ? <span className="soft">{words.notTried}</span> : outcomeText(outcome)),
  },
  {
    id: 'attempts',
    name: words.columns.attempts,
    width: '5rem',
    isFigure: true,
    from: 760,
    cell: ({ attempts }) => countText(attempts.length),
  },
  {
    id: 'next',
    name: words.columns.next,
    width: '7.5rem',
    from: 900,
    cell: ({ next_attempt_at: at }) => <Ago at={at} />,
  },
];

export default function CallbacksPage() {
  const [filters] = useFilters();
  const chosen = useZone();
  const query = queryOf(filters, chosen);
  const rows = useRows('/callbacks', query);
  return (
    <ListPage
      title={words.title}
      end={
        <>
          <a className="button" href={hrefOf({ page: 'receivers' })}>
            {words.receivers}
          </a>
          <ReplayAll range={query} />
        </>
      }
      filters={<FilterBar filters={FILTERS} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={COLUMNS}
          idOf={({ id }) => id}
          nameOf={({ event, created_at: at, status }) =>
            words.row(event, briefly(new Date(at), serviceNow(), chosen), words.status[status])
          }
          live={['callback']}
          empty={<NoCallbacks />}
        />
      }
      detail={(id) => <CallbackDetail id={id} />}
    />
  );
}

function NoCallbacks() {
  const isSimulated = readFacts().provider === 'simulator';
  return (
    <EmptyList words={isSimulated ? { ...words.empty, why: words.empty.whyPhones } : words.empty}>
      {isSimulated ? (
        <a className="button main" href="./phones">
          {words.empty.phones}
        </a>
      ) : (
        <SessionCommand more={{ callback_url: 'https://your.host/hook' }} />
      )}
    </EmptyList>
  );
}

/** Of the address, as the list, its count and its replay take it. */
function queryOf(filters: Filters, chosen: 'local' | 'utc'): Filters {
  const { when: _when, from: _from, to: _to, ...others } = filters;
  const { from, to } = spanOf(filters, chosen);
  return { ...others, ...(from !== undefined && { since: from }), ...(to !== undefined && { until: to }) };
}
