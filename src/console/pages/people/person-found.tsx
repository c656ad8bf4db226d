import { useState } from 'react';
import { groupedNumber } from '../../../design/format.ts';
import { people as words } from '../../../design/texts/console/people.ts';
import { go, hrefOf } from '../../address.ts';
import { routeUrl, api, headersOfConsole, refusalOf, type Answer } from '../../api.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { EmptyState } from '../../parts/empty.tsx';
import { Ago, countText, Fact, FactList, Party, PoolNumber } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import { RoleButton } from '../../parts/role-button.tsx';
import { tell } from '../../parts/toasts.tsx';
import { refusalFor, useMe } from '../../reach/me.ts';
import { inWords, KINDS } from './counts.ts';

export type Person = Answer<'post', '/admin/people/find'>;

/** As it was typed; an empty account means all of them. */
export interface Asked {
  number: string;
  account: string;
}

const ADMIN_ALONE = [] as const;
const DIGITS_TYPED = 4;

export function PersonFound({ asked, person }: { asked: Asked; person: Person }) {
  const { found } = person;
  const shown = groupedNumber(asked.number.replace(/[()\s./-]/g, ''));
  if (KINDS.every((kind) => found[kind] === 0)) return <EmptyState {...words.none} />;
  return (
    <section className="person">
      <header className="page-head">
        <div>
          <h2>{words.found(shown)}</h2>
          {asked.account !== '' && <p className="soft small">{words.foundIn(asked.account)}</p>}
        </div>
        <div className="end">
          <TakeOut asked={asked} />
          <Erase asked={asked} person={person} />
        </div>
      </header>
      <FactList>
        {KINDS.map((kind) => (
          <Fact key={kind} name={words.counts[kind]}>
            <strong className="figures large">{countText(found[kind])}</strong>
          </Fact>
        ))}
      </FactList>
      <Sessions person={person} />
    </section>
  );
}

function Sessions({ person: { sessions, found } }: { person: Person }) {
  const { columns } = words;
  if (sessions.length === 0) return null;
  return (
    <Section
      title={words.sessions}
      end={<span className="soft small">{words.sessionsMore(sessions.length, found.sessions)}</span>}
    >
      <div className="scrolls" tabIndex={0} role="region" aria-label={words.sessions}>
        <table className="plain small stacks">
          <thead>
            <tr>
              <th scope="col">{columns.began}</th>
              <th scope="col">{columns.status}</th>
              <th scope="col">{columns.first}</th>
              <th scope="col">{columns.second}</th>
              <th scope="col">{columns.virtual}</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.session_uuid}>
                <th scope="row">
                  <a href={hrefOf({ page: 'sessions', id: session.session_uuid })}>
                    <span className="unseen">{words.open} </span>
                    <Ago at={session.created_time} />
                  </a>
                </th>
                <td data-name={columns.status}>
                  {words.status[session.status as keyof typeof words.status] ?? session.status}
                </td>
                <td data-name={columns.first}>
                  <Party number={session.first_party} />
                </td>
                <td data-name={columns.second}>
                  <Party number={session.second_party} />
                </td>
                <td data-name={columns.virtual}>
                  <PoolNumber number={session.virtual_number} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function Erase({ asked, person }: { asked: Asked; person: Person }) {
  const { erase } = words;
  const digits = asked.number.replace(/\D/g, '');
  return (
    <ConfirmedDeed
      name={erase.name}
      roles={ADMIN_ALONE}
      typed={digits.slice(-DIGITS_TYPED)}
      consequence={
        <>
          <p>
            <strong>{erase.consequence(inWords(person.found))}</strong>
          </p>
          <ul className="small points">
            {erase.details.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      }
      run={async () => {
        const body = { number: asked.number, ...(asked.account !== '' && { account: asked.account }) };
        const { erasure_id: id } = await api('post', '/admin/people/erase', { body });
        tell(erase.ordered);
        go({ page: 'people', id });
      }}
    />
  );
}

/** The answer is a file: the browser saves it, and nothing of it is shown. */
function TakeOut({ asked }: { asked: Asked }) {
  const { take } = words;
  const me = useMe();
  const [state, setState] = useState<'idle' | 'working' | { error: unknown }>('idle');
  const doIt = async (): Promise<void> => {
    setState('working');
    try {
      await saveExport(asked);
      tell(take.done);
      setState('idle');
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <>
      <RoleButton
        refusal={refusalFor(me, ADMIN_ALONE)}
        title={take.title}
        isBusy={state === 'working'}
        onClick={() => void doIt()}
      >
        {state === 'working' ? take.working : take.name}
      </RoleButton>
      {typeof state === 'object' && <Failure error={state.error} what={take.name} />}
    </>
  );
}

async function saveExport({ number, account }: Asked): Promise<void> {
  const answer = await fetch(routeUrl('/admin/people/export'), {
    method: 'POST',
    cache: 'no-store',
    headers: { ...headersOfConsole(), 'content-type': 'application/json' },
    body: JSON.stringify({ number, ...(account !== '' && { account }) }),
  });
  if (!answer.ok) throw refusalOf(answer, await answer.text());
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await answer.blob());
  // The file's name holds no number: it stands in lists of downloads.
  link.download = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'person.json';
  link.click();
  URL.revokeObjectURL(link.href);
}
