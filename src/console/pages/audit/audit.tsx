import { audit as words } from '../../../design/texts/console/audit.ts';
import type { Answer } from '../../api.ts';
import type { operations } from '../../api-types.ts';
import { useAddress } from '../../address.ts';
import { briefly, serviceNow, useZone } from '../../parts/clock.ts';
import { EmptyList, Skeleton } from '../../parts/empty.tsx';
import { Ago, Exact, Fact, FactList, Id } from '../../parts/facts.tsx';
import { FilterBar, queryOf, useFilters, type Filter } from '../../parts/filters.tsx';
import { List, type Column } from '../../parts/list.tsx';
import { Detail, ListPage, Section } from '../../parts/page.tsx';
import { useRows, type Rows } from '../../parts/use-rows.ts';

type Entry = Answer<'get', '/admin/audit'>['items'][number];
type Action = NonNullable<NonNullable<operations['listAudit']['parameters']['query']>['action']>;

const { columns, detail } = words;
/** Told in words of its own, before the rest. */
const REASON = 'reason';

const ACTIONS: Readonly<Record<Action, string>> = words.actions;

const FILTERS: readonly Filter[] = [
  { name: 'when', label: words.filters.when, kind: 'period' },
  { name: 'action', label: words.filters.what, kind: 'choice', options: Object.entries(ACTIONS) },
  { name: 'actor', label: words.filters.who, kind: 'text', placeholder: words.placeholders.who },
  { name: 'target', label: words.filters.target, kind: 'text', placeholder: words.placeholders.target },
];

/** What was done stands first: the first cell is the link, and a link's name does not change with the clock. */
const COLUMNS: readonly Column<Entry>[] = [
  {
    id: 'what',
    name: columns.what,
    width: 'minmax(12rem, 2fr)',
    narrow: 'lead',
    cell: ({ action }) => inWords(action),
  },
  { id: 'who', name: columns.who, width: 'minmax(8rem, 1fr)', narrow: 'below', cell: ({ actor }) => actor },
  {
    id: 'target',
    name: columns.target,
    width: 'minmax(12rem, 2fr)',
    narrow: 'below-end',
    from: 820,
    cell: ({ target }) => <code className="soft">{target}</code>,
  },
  { id: 'when', name: columns.when, width: '7.5rem', narrow: 'end', cell: ({ at }) => <Ago at={at} /> },
];

/** Who did what, newest first. */
export default function AuditPage() {
  const chosen = useZone();
  const [filters] = useFilters();
  const rows = useRows('/audit', queryOf(filters, chosen));
  const { id: open } = useAddress();
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
          nameOf={({ at, actor, action }) =>
            words.row(briefly(new Date(at), serviceNow(), chosen), actor, inWords(action))
          }
          live={[]}
          empty={<EmptyList words={words.empty} />}
        />
      }
      detail={() => <EntryDetail entry={rows.rows.find(({ id }) => id === open)} rows={rows} />}
    />
  );
}

function EntryDetail({ entry, rows }: { entry: Entry | undefined; rows: Rows<Entry> }) {
  if (entry === undefined)
    return (
      <Detail title={words.title}>
        {rows.isEmpty === null ? (
          <Skeleton lines={8} />
        ) : (
          <p className="soft">{rows.hasMore ? detail.notLoaded : detail.gone}</p>
        )}
      </Detail>
    );
  const { [REASON]: reason, ...others } = entry.details;
  return (
    <Detail title={`${entry.actor} ${inWords(entry.action)}`} under={<code className="soft tiny">{entry.action}</code>}>
      <FactList>
        <Fact name={detail.when}>
          <Exact at={entry.at} />
        </Fact>
        <Fact name={detail.who}>{entry.actor}</Fact>
        <Fact name={detail.target}>
          <Id id={entry.target} what={detail.target} isWhole />
        </Fact>
        {typeof reason === 'string' && <Fact name={detail.reason}>{reason}</Fact>}
        <Fact name={detail.request}>
          <Id id={entry.request_id} what={detail.request} />
        </Fact>
        <Fact name={detail.id}>
          <Id id={entry.id} what={detail.id} />
        </Fact>
      </FactList>
      {Object.keys(others).length > 0 && (
        <Section title={detail.more}>
          <FactList>
            {Object.entries(others).map(([name, value]) => (
              <Fact key={name} name={name.replaceAll('_', ' ')}>
                {valueText(value)}
              </Fact>
            ))}
          </FactList>
        </Section>
      )}
    </Detail>
  );
}

/** What a newer version writes is shown as it is written. */
function inWords(action: string): string {
  return ACTIONS[action as Action] ?? action;
}

function valueText(value: unknown): string {
  if (value === null) return detail.nothing;
  if (typeof value === 'boolean') return value ? detail.yes : detail.no;
  return String(value);
}
