import { alerts as words } from '../../../design/texts/console/alerts.ts';
import { Chip } from '../../../design/small-parts.tsx';
import { api, type Answer } from '../../api.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { Ago } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PlainPage } from '../../parts/page.tsx';
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
  return (
    <PlainPage title={words.title} end={<AddAlert onDone={again} />}>
      <p className="soft lead">{words.lead}</p>
      {body === undefined && error === null && <Skeleton lines={5} />}
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body !== undefined &&
        (body.items.length === 0 ? <EmptyState {...words.empty} /> : <Table items={body.items} onDone={again} />)}
    </PlainPage>
  );
}

function Table({ items, onDone }: { items: readonly Subscription[]; onDone: () => void }) {
  const { columns } = words;
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={words.title}>
      <table className="plain small stacks">
        <thead>
          <tr>
            <th scope="col">{columns.url}</th>
            <th scope="col">{columns.events}</th>
            <th scope="col">{columns.account}</th>
            <th scope="col">{columns.last}</th>
            <th scope="col">
              <span className="unseen">{columns.deeds}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((one) => (
            <Row key={one.id} one={one} onDone={onDone} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  one: { id, url, events, account, last_attempt_at: at, last_outcome: outcome },
  onDone,
}: {
  one: Subscription;
  onDone: () => void;
}) {
  return (
    <tr>
      <th scope="row" className="breaks">
        <code>{url}</code>
      </th>
      <td data-name={words.columns.events}>
        {events.length === Object.keys(words.events).length ? (
          words.all
        ) : (
          <ul>
            {events.map((event) => (
              <li key={event}>{words.events[event] ?? event}</li>
            ))}
          </ul>
        )}
      </td>
      <td data-name={words.columns.account}>{account === null ? words.everybody : <code>{account}</code>}</td>
      <td data-name={words.columns.last}>
        {outcome === null ? (
          <span className="soft">{words.never}</span>
        ) : (
          <span>
            <Outcome outcome={outcome} /> <Ago at={at} />
          </span>
        )}
      </td>
      <td className="deeds">
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
      </td>
    </tr>
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
