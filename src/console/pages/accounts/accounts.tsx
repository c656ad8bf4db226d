import { useEffect } from 'react';
import { accounts as words } from '../../../design/texts/console/accounts.ts';
import { EmptyState } from '../../parts/empty.tsx';
import { Ago, countText } from '../../parts/facts.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { ListPage } from '../../parts/page.tsx';
import { useRows, type Rows } from '../../parts/use-rows.ts';
import type { Account } from './account.ts';
import { AccountDetail } from './account-detail.tsx';
import { AddAccount } from './add-account.tsx';
import { Status } from './status.tsx';

const { columns } = words;
const EVERYTHING = {};

const COLUMNS: readonly Column<Account>[] = [
  {
    id: 'name',
    name: columns.name,
    width: 'minmax(9rem, 1fr)',
    narrow: 'lead',
    cell: ({ name }) => <strong>{name}</strong>,
  },
  {
    id: 'id',
    name: columns.id,
    width: 'minmax(12rem, 1fr)',
    narrow: 'below',
    cell: ({ auth_id: id }) => <code>{id}</code>,
  },
  {
    id: 'status',
    name: columns.status,
    width: '6rem',
    narrow: 'end',
    cell: ({ status }) => <Status status={status} />,
  },
  {
    id: 'subaccounts',
    name: columns.subaccounts,
    width: '7rem',
    isFigure: true,
    from: 700,
    cell: ({ subaccounts }) => countText(subaccounts.length),
  },
  { id: 'since', name: columns.since, width: '7.5rem', from: 820, cell: ({ created_at: at }) => <Ago at={at} /> },
];

export default function AccountsPage() {
  const rows = useRows('/accounts', EVERYTHING);
  return (
    <ListPage
      title={words.title}
      end={<AddAccount onDone={() => void rows.refresh()} />}
      list={
        <List
          name={words.title}
          rows={rows}
          columns={COLUMNS}
          idOf={({ auth_id: id }) => id}
          nameOf={({ name }) => words.row(name)}
          live={[]}
          empty={<EmptyState {...words.empty} />}
        />
      }
      detail={(id) => <Found id={id} rows={rows} />}
    />
  );
}

/** Who comes by a link may mean an account that the first page of the list does not have. */
function Found({ id, rows }: { id: string; rows: Rows<Account> }) {
  const account = rows.rows.find(({ auth_id: one }) => one === id);
  const { hasMore, loadMore } = rows;
  const isSought = account === undefined && hasMore;
  useEffect(() => {
    if (isSought) loadMore();
  }, [isSought, rows.rows.length, loadMore]);
  return (
    <AccountDetail account={account} isLoaded={rows.isEmpty !== null && !isSought} onDone={() => void rows.refresh()} />
  );
}
