import { readFacts } from '../../../design/facts.ts';
import { calls as words } from '../../../design/texts/console/calls.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import { duration } from '../../../design/format.ts';
import { hrefOf } from '../../address.ts';
import { briefly, serviceNow, useZone } from '../../parts/clock.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Export } from '../../parts/export.tsx';
import { Ago, Money, Nothing, Party, PoolNumber } from '../../parts/facts.tsx';
import { FilterBar, queryOf, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { OutcomeWord, outcomeWord, whyOf } from '../../parts/outcome.tsx';
import { ListPage } from '../../parts/page.tsx';
import { useRows } from '../../parts/use-rows.ts';
import { mayDo, useMe } from '../../reach/me.ts';
import type { Call, Outcome } from '../../reach/answers.ts';
import { CallDetail } from './call-detail.tsx';

const OUTCOMES: readonly Outcome[] = ['connected', 'no-answer', 'busy', 'declined', 'abandoned', 'failed', 'refused'];

const FILTERS: readonly Filter[] = [
  { name: 'when', label: parts.filters.period, kind: 'period' },
  {
    name: 'outcome',
    label: words.filters.outcome,
    kind: 'choice',
    options: OUTCOMES.map((outcome) => [outcome, outcomeWord(outcome)] as const),
  },
  { name: 'party', label: words.filters.party, kind: 'text', placeholder: words.filters.partyExample },
  { name: 'virtual_number', label: words.filters.virtual, kind: 'text', placeholder: words.filters.virtualExample },
];

const COLUMNS: readonly Column<Call>[] = [
  {
    id: 'when',
    name: words.columns.when,
    width: '6.5rem',
    narrow: 'end',
    cell: ({ started_at: at }) => <Ago at={at} />,
  },
  {
    id: 'caller',
    name: words.columns.caller,
    width: 'minmax(10.5rem, 1fr)',
    narrow: 'lead',
    cell: ({ caller }) => <Party number={caller} />,
  },
  {
    id: 'dialled',
    name: words.columns.dialled,
    width: 'minmax(10.5rem, 1fr)',
    from: 640,
    cell: ({ dialled }) => (dialled === null ? <Nothing /> : <Party number={dialled} />),
  },
  {
    id: 'virtual',
    name: words.columns.virtual,
    width: 'minmax(10.5rem, 1fr)',
    from: 1400,
    cell: ({ virtual_number: number }) => <PoolNumber number={number} />,
  },
  {
    id: 'outcome',
    name: words.columns.outcome,
    width: '7.5rem',
    narrow: 'below',
    cell: ({ outcome }) => <OutcomeWord outcome={outcome} />,
  },
  {
    id: 'why',
    name: words.columns.why,
    width: 'minmax(9rem, 2fr)',
    from: 960,
    cell: ({ outcome, reason }) => (outcome === 'connected' ? null : <span className="soft">{whyOf(reason)}</span>),
  },
  {
    id: 'seconds',
    name: words.columns.seconds,
    width: '5rem',
    isFigure: true,
    narrow: 'below-end',
    cell: ({ legs }) => <Talked seconds={legs.find(({ side }) => side === 'B')?.duration_seconds ?? null} />,
  },
  {
    id: 'cost',
    name: words.columns.cost,
    width: '5rem',
    isFigure: true,
    from: 820,
    cell: ({ amount }) => <Money amount={amount} />,
  },
];

function Talked({ seconds }: { seconds: number | null }) {
  return seconds === null || seconds === 0 ? <Nothing /> : <span className="nowrap">{duration(seconds)}</span>;
}

export default function CallsPage() {
  const [filters] = useFilters();
  const chosen = useZone();
  const query = queryOf(filters, chosen);
  const rows = useRows('/calls', query);
  return (
    <ListPage
      title={words.title}
      end={<Export path="/calls" query={query} roles={ALL} />}
      filters={<FilterBar filters={FILTERS} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={COLUMNS}
          idOf={({ call_id: id }) => id}
          nameOf={({ started_at: at, outcome }) =>
            words.row(briefly(new Date(at), serviceNow(), chosen), outcomeWord(outcome))
          }
          live={['call']}
          empty={<NoCalls />}
        />
      }
      detail={(id) => <CallDetail id={id} />}
    />
  );
}

const ALL = ['viewer', 'support', 'finance'] as const;

function NoCalls() {
  return (
    <EmptyList words={words.empty}>
      {readFacts().provider === 'simulator' ? (
        <a className="button main" href="./phones">
          {words.empty.phones}
        </a>
      ) : (
        <ToNumbers />
      )}
    </EmptyList>
  );
}

/** Finance does not see them. */
function ToNumbers() {
  if (!mayDo(useMe(), ['viewer', 'support'])) return null;
  return (
    <a className="button" href={hrefOf({ page: 'numbers' })}>
      {words.empty.numbers}
    </a>
  );
}
