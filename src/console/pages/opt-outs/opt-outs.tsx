import { optOuts as words } from '../../../design/texts/console/opt-outs.ts';
import { groupedNumber } from '../../../design/format.ts';
import { hrefOf } from '../../address.ts';
import type { RowAt } from '../../reach/answers.ts';
import { EmptyList } from '../../parts/empty.tsx';
import { Ago, Nothing, PoolNumber } from '../../parts/facts.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { ListPage } from '../../parts/page.tsx';
import { useRows } from '../../parts/use-rows.ts';
import { OptOutDetail } from './opt-out-detail.tsx';

type OptOut = RowAt<'/opt-outs'>;

const FILTERS: readonly Filter[] = [
  { name: 'account', label: words.filters.account, kind: 'text', placeholder: 'MA…' },
  { name: 'party', label: words.filters.party, kind: 'text', placeholder: words.filters.partyExample },
  { name: 'virtual_number', label: words.filters.number, kind: 'text', placeholder: '+1…' },
];

const COLUMNS: readonly Column<OptOut>[] = [
  { id: 'when', name: words.columns.when, width: '7.5rem', narrow: 'end', cell: ({ said_at: at }) => <Ago at={at} /> },
  {
    id: 'number',
    name: words.columns.number,
    width: 'minmax(10rem, 1fr)',
    narrow: 'lead',
    cell: ({ virtual_number: number }) => <PoolNumber number={number} />,
  },
  {
    id: 'source',
    name: words.columns.source,
    width: 'minmax(12rem, 1fr)',
    narrow: 'below',
    cell: ({ source }) => words.source[source],
  },
  {
    id: 'campaign',
    name: words.columns.campaign,
    width: '7rem',
    from: 760,
    cell: ({ campaign_id: campaign }) => (campaign === null ? <Nothing /> : <code>{campaign}</code>),
  },
  {
    id: 'account',
    name: words.columns.account,
    width: 'minmax(12rem, 1fr)',
    from: 860,
    cell: ({ account }) => <code>{account}</code>,
  },
];

/** Who wants no texts from which number. Nobody is named: of who said it only an index is kept. */
export default function OptOutsPage() {
  const [filters] = useFilters();
  const rows = useRows('/opt-outs', filters);
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
          nameOf={({ virtual_number: number }) => words.row(groupedNumber(number))}
          live={['session']}
          empty={
            <EmptyList words={words.empty}>
              <a className="button" href={hrefOf({ page: 'accounts' })}>
                {words.empty.accounts}
              </a>
            </EmptyList>
          }
        />
      }
      detail={(id) => <OptOutDetail id={id} onRemoved={() => void rows.refresh()} />}
    />
  );
}
