import { alerts as words } from '../../../design/texts/console/alerts.ts';
import { Chip } from '../../../design/small-parts.tsx';
import { api, type Answer } from '../../api.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { Ago } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PlainPage } from '../../parts/page.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import { tell } from '../../parts/toasts.tsx';
import { useOne } from '../../parts/use-one.ts';
import { AddAlert } from './add-alert.tsx';
import { TryOut } from './try-out.tsx';

type Subscription = Answer<'get', '/admin/subscriptions'>['items'][number];

const ADMIN_ALONE = [] as const;
const ALL = { limit: 200 };
const SETTLES_MS = 1_500;

export default function AlertsPage() {
  const { body, error, again } = useOne('/subscriptions', ALL);
  const deeds: TableColumn<Subscription> = {
    name: words.columns.deeds,
    isDeeds: true,
    cell: (one) => <Deeds one={one} onDone={again} />,
  };
  return (
    <PlainPage title={words.title} end={<AddAlert onDone={again} />}>
      <p className="soft lead">{words.lead}</p>
      {body === undefined && error === null && <Skeleton lines={5} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body !== undefined &&
        (body.items.length === 0 ? (
          <EmptyState {...words.empty} />
        ) : (
          <Table name={words.title} columns={[...COLUMNS, deeds]} rows={body.items} keyOf={({ id }) => id} />
        ))}
    </PlainPage>
  );
}

const COLUMNS: readonly TableColumn<Subscription>[] = [
  { name: words.columns.url, className: 'breaks', cell: ({ url }) => <code>{url}</code> },
  { name: words.columns.events, cell: ({ events }) => <Events events={events} /> },
  {
    name: words.columns.account,
    cell: ({ account }) => (account === null ? words.everybody : <code>{account}</code>),
  },
  {
    name: words.columns.last,
    cell: ({ last_attempt_at: at, last_outcome: outcome }) =>
      outcome === null ? (
        <span className="soft">{words.never}</span>
      ) : (
        <span>
          <Outcome outcome={outcome} /> <Ago at={at} />
        </span>
      ),
  },
];

function Events({ events }: { events: Subscription['events'] }) {
  if (events.length === Object.keys(words.events).length) return words.all;
  return (
    <ul>
      {events.map((event) => (
        <li key={event}>{words.events[event] ?? event}</li>
      ))}
    </ul>
  );
}

function Deeds({ one: { id, url }, onDone }: { one: Subscription; onDone: () => void }) {
  return (
    <>
      <TryOut id={id} onDone={() => setTimeout(onDone, SETTLES_MS)} />
      <ConfirmedDeed
        name={words.remove.name}
        consequence={words.remove.consequence(url)}
        roles={ADMIN_ALONE}
        run={async () => {
          await api('delete', '/admin/subscriptions/{id}', { path: { id } });
          tell(words.remove.done);
          onDone();
        }}
      />
    </>
  );
}

function Outcome({ outcome }: { outcome: string }) {
  if (/^2\d\d$/.test(outcome)) return <Chip kind="connected">{words.taken}</Chip>;
  const told = words.outcomes[outcome] ?? (/^\d{3}$/.test(outcome) ? words.status(outcome) : outcome);
  return (
    <Chip kind="failed" title={outcome}>
      {told}
    </Chip>
  );
}
