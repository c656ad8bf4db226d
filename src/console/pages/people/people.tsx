import { useId, useState } from 'react';
import { people as words } from '../../../design/texts/console/people.ts';
import { useAddress } from '../../address.ts';
import { api } from '../../api.ts';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { PlainPage } from '../../parts/page.tsx';
import { useOne } from '../../parts/use-one.ts';
import { ErasureProgress } from './erasure-progress.tsx';
import '../../parts/form.css';
import './people.css';
import { PersonFound, type Asked, type Person } from './person-found.tsx';

type State = 'asking' | 'looking' | { error: unknown } | { asked: Asked; person: Person };

/** What is kept of a person. The number stands in this page's memory alone: not in the address, and gone with the page. */
export default function PeoplePage() {
  const { id } = useAddress();
  return <PlainPage title={words.title}>{id === null ? <Look /> : <ErasureProgress id={id} />}</PlainPage>;
}

function Look() {
  const [state, setState] = useState<State>('asking');
  const look = async (asked: Asked): Promise<void> => {
    setState('looking');
    try {
      setState({ asked, person: await api('post', '/admin/people/find', { body: bodyOf(asked) }) });
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <>
      <p className="soft lead">{words.lead}</p>
      <Search isLooking={state === 'looking'} onLook={(asked) => void look(asked)} />
      <div role="status" className="answer">
        {state === 'asking' && <EmptyState {...words.before} />}
        {state === 'looking' && <Skeleton lines={6} />}
        {typeof state === 'object' && 'error' in state && <Failure error={state.error} what={words.find.go} />}
        {typeof state === 'object' && 'person' in state && <PersonFound asked={state.asked} person={state.person} />}
      </div>
    </>
  );
}

function Search({ isLooking, onLook }: { isLooking: boolean; onLook: (asked: Asked) => void }) {
  const { find } = words;
  const [number, account] = [useId(), useId()];
  const { body } = useOne('/accounts', { limit: 200 });
  const accounts = body?.items ?? [];
  return (
    <form
      className="find-person"
      onSubmit={(event) => {
        event.preventDefault();
        const given = new FormData(event.currentTarget);
        onLook({ number: textOf(given, 'number'), account: textOf(given, 'account') });
      }}
    >
      <div className="field">
        <label htmlFor={number}>{find.number}</label>
        <input
          id={number}
          name="number"
          type="tel"
          required
          autoComplete="off"
          maxLength={40}
          placeholder={find.example}
          aria-describedby={`${number}-hint`}
        />
      </div>
      {accounts.length > 1 && (
        <div className="field">
          <label htmlFor={account}>{find.account}</label>
          <select id={account} name="account" defaultValue="">
            <option value="">{find.everybody}</option>
            {accounts.map(({ auth_id: id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </div>
      )}
      <button type="submit" className="button main" disabled={isLooking}>
        {isLooking ? find.looking : find.go}
      </button>
      <p id={`${number}-hint`} className="soft tiny">
        {find.hint}
      </p>
    </form>
  );
}

function textOf(given: FormData, name: string): string {
  const value = given.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

function bodyOf({ number, account }: Asked): { number: string; account?: string } {
  return { number, ...(account !== '' && { account }) };
}
