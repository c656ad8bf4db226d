import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { frame } from '../../design/texts/console/frame.ts';
import { hrefOf } from '../address.ts';
import { exactly, useZone } from '../parts/clock.ts';
import { Skeleton } from '../parts/empty.tsx';
import { Ago, Party, PoolNumber } from '../parts/facts.tsx';
import { Failure } from '../parts/failure.tsx';
import { Meant, OutcomeWord, whyOf } from '../parts/outcome.tsx';
import type { Findings, FoundCall, Session } from '../reach/answers.ts';
import { ask, Refused } from '../reach/ask.ts';

const { search: words } = frame;
const STATUS_KINDS = { active: 'connected', 'in-progress': 'ringing', expired: 'ended' } as const;

/** What was found, with why a call failed beside it: often that is all that was wanted. */
export function SearchResults({ q, onGo }: { q: string; onGo: () => void }) {
  const chosen = useZone();
  const { data, error, refetch } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => ask<Findings>('/search', { query: { q }, signal }),
  });
  // Half a word, or a name: nothing has failed.
  if (error instanceof Refused && error.code === 'invalid_request')
    return (
      <p className="soft small" role="status">
        {unprefixed(error)}
      </p>
    );
  if (error !== null) return <Failure error={error} what={words.title} onAgain={() => void refetch()} />;
  if (data === undefined)
    return (
      <div aria-busy="true">
        <p className="soft small">{words.searching}</p>
        <Skeleton lines={4} />
      </div>
    );
  return (
    <div className="findings">
      <p className="soft small" role="status">
        {words.readAs(withInstants(data.read_as, chosen))}
      </p>
      <Group name={words.groups.calls} items={data.calls} onGo={onGo} draw={foundCall} />
      <Group name={words.groups.sessions} items={data.sessions} onGo={onGo} draw={foundSession} />
      <Group name={words.groups.people} items={data.people} onGo={onGo} draw={foundPerson(q)} />
      <Group name={words.groups.numbers} items={data.numbers} onGo={onGo} draw={foundNumber} />
      {isNothing(data) && (
        <div className="empty-state">
          <strong>{words.none}</strong>
          <p className="soft">{words.noneNext}</p>
        </div>
      )}
    </div>
  );
}

/** What was expected, without the name of the parameter that it was sent as. */
function unprefixed({ message, param }: Refused): string {
  const text = param !== null && message.startsWith(`${param}: `) ? message.slice(param.length + 2) : message;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

const INSTANT = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/g;

/** Since when was looked, as the console writes times. */
function withInstants(text: string, chosen: 'local' | 'utc'): string {
  return text.replace(INSTANT, (at) => exactly(new Date(at), chosen));
}

interface Drawn {
  key: string;
  href: string;
  children: ReactNode;
}

function Group<Item>({
  name,
  items,
  onGo,
  draw,
}: {
  name: string;
  items: readonly Item[];
  onGo: () => void;
  draw: (item: Item) => Drawn;
}) {
  if (items.length === 0) return null;
  return (
    <section>
      <h3 className="soft">{name}</h3>
      <ul>
        {items.map(draw).map(({ key, href, children }) => (
          <li key={key}>
            <a href={href} onClick={onGo}>
              {children}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function foundCall({
  call_id: id,
  started_at: at,
  caller,
  dialled,
  virtual_number: via,
  outcome,
  reason,
}: FoundCall): Drawn {
  return {
    key: id,
    href: hrefOf({ page: 'calls', id }),
    children: (
      <>
        <span className="who">
          <Party number={caller} /> <span aria-hidden="true">→</span> <Party number={dialled ?? via} />
        </span>
        <span className="soft tiny when">
          <Ago at={at} />
        </span>
        <span className="small">
          <OutcomeWord outcome={outcome} /> <span className="soft">{whyOf(reason)}</span>
        </span>
      </>
    ),
  };
}

function foundSession({
  session_uuid: id,
  created_time: at,
  first_party: first,
  second_party: second,
  status,
}: Session): Drawn {
  return {
    key: id,
    href: hrefOf({ page: 'sessions', id }),
    children: (
      <>
        <span className="who">
          <Party number={first} /> <span aria-hidden="true">↔</span> <Party number={second} />
        </span>
        <span className="soft tiny when">
          <Ago at={at} />
        </span>
        <span className="small">
          <Meant kind={STATUS_KINDS[status]}>{words.status[status]}</Meant>
        </span>
      </>
    ),
  };
}

/** Calls of a person are found by what was typed: what is shown of the number is masked. */
const foundPerson =
  (q: string) =>
  ({ number, account, calls, sessions, last_seen: at }: Findings['people'][number]): Drawn => ({
    key: `${account} ${number ?? ''}`,
    href: hrefOf({ page: 'calls', filters: { party: q, account } }),
    children: (
      <>
        <span className="who">
          <Party number={number} />
        </span>
        <span className="soft tiny when">
          <Ago at={at} />
        </span>
        <span className="small soft">{words.counts(sessions, calls)}</span>
      </>
    ),
  });

function foundNumber({ virtual_number: number, account, status }: Findings['numbers'][number]): Drawn {
  return {
    key: `${account} ${number}`,
    href: hrefOf({ page: 'calls', filters: { virtual_number: number } }),
    children: (
      <>
        <span className="who">
          <PoolNumber number={number} />
        </span>
        <span className="small soft">{status}</span>
      </>
    ),
  };
}

function isNothing({ people, sessions, calls, numbers }: Findings): boolean {
  return people.length + sessions.length + calls.length + numbers.length === 0;
}
