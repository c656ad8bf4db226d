import { webhooks as words } from '../../../design/texts/console/webhooks.ts';
import { hrefOf } from '../../address.ts';
import type { components } from '../../api-types.ts';
import { EmptyList, Skeleton } from '../../parts/empty.tsx';
import { Ago, countText } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { FilterBar, useFilters, type Filter } from '../../parts/filters.tsx';
import { PlainPage, Section } from '../../parts/page.tsx';
import { useOne } from '../../parts/use-one.ts';

type Refused = components['schemas']['RefusedWebhook'];

const FILTERS: readonly Filter[] = [
  { name: 'account', label: words.filters.account, kind: 'text', placeholder: 'MA…' },
];

/** Why what Plivo sends is not taken, by reason, each with what is to be done. */
export default function WebhooksPage() {
  const [filters] = useFilters();
  const account = filters['account'];
  const { body, error, again } = useOne('/webhooks/refused', { account }, ['call']);
  return (
    <PlainPage title={words.title}>
      <p className="lead small soft">{words.lead}</p>
      <FilterBar filters={FILTERS} />
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body === undefined && error === null && <Skeleton lines={8} />}
      {body?.items.length === 0 && <Nothing />}
      {body !== undefined && body.items.length > 0 && (
        <>
          {byReason(body.items).map(([reason, rows]) => (
            <OfReason key={reason} reason={reason} rows={rows} />
          ))}
          <p className="tiny soft">{words.scope}</p>
        </>
      )}
    </PlainPage>
  );
}

/** The reason that was met last comes first, as the list has it. */
function byReason(rows: readonly Refused[]): [Refused['reason'], Refused[]][] {
  const found = new Map<Refused['reason'], Refused[]>();
  for (const row of rows) found.set(row.reason, [...(found.get(row.reason) ?? []), row]);
  return [...found];
}

function OfReason({ reason, rows }: { reason: Refused['reason']; rows: readonly Refused[] }) {
  const { name, why, todo } = words.reasons[reason];
  const times = rows.reduce((all, { count }) => all + count, 0);
  return (
    <div className="card padded">
      <Section
        title={name}
        end={
          <span className="small soft">
            {times === 1 ? words.once : words.counted(countText(times))}, {words.last} <Ago at={rows[0]?.at ?? null} />
          </span>
        }
      >
        <p className="small">{why}</p>
        <div className="small">
          <strong>{words.todo}</strong>
          <ul className="steps">
            {todo.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ul>
        </div>
        <RefusedTable name={name} rows={rows} />
      </Section>
    </div>
  );
}

function RefusedTable({ name, rows }: { name: string; rows: readonly Refused[] }) {
  return (
    <div className="scrolls" tabIndex={0} role="region" aria-label={name}>
      <table className="plain small stacks">
        <thead>
          <tr>
            <th scope="col">{words.columns.at}</th>
            <th scope="col">{words.columns.path}</th>
            <th scope="col">{words.columns.url}</th>
            <th scope="col">{words.columns.account}</th>
            <th scope="col" className="figures">
              {words.columns.count}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, account, method, path, signed_url: url, count }) => (
            <tr key={`${at} ${account} ${method} ${path} ${url}`}>
              <td data-name={words.columns.at}>
                <Ago at={at} />
              </td>
              <td data-name={words.columns.path} className="breaks">
                <code>
                  {method} {path}
                </code>
              </td>
              <td data-name={words.columns.url} className="breaks">
                <code>{url}</code>
              </td>
              <td data-name={words.columns.account}>
                {account === null ? <span className="soft">{words.noAccount}</span> : <code>{account}</code>}
              </td>
              <td data-name={words.columns.count} className="figures">
                {countText(count)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Nothing() {
  return (
    <EmptyList words={words.empty}>
      <a className="button" href={hrefOf({ page: 'numbers' })}>
        {words.empty.numbers}
      </a>
    </EmptyList>
  );
}
