import { useId, useState, type ReactNode } from 'react';
import { Dialog } from '../../design/small-parts.tsx';
import { parts } from '../../design/texts/console/parts.ts';
import type { Role } from '../reach/answers.ts';
import { refusalFor, useMe } from '../reach/me.ts';
import { Failure } from './failure.tsx';
import { RoleButton } from './role-button.tsx';

const { confirm: words } = parts;

interface Deed {
  /** What the button and the dialog say, such as `End the session`. */
  name: string;
  /** What it does to whom, with counts: what cannot be undone says so. */
  consequence: ReactNode;
  /** To be typed first: a name, or the last four digits. Left out for what can be undone. */
  typed?: string;
  roles: readonly Role[];
  run: () => Promise<unknown>;
}

/** A deed that asks before it is done. Who may not do it sees why, instead of a button that fails. */
export function ConfirmedDeed({ name, consequence, typed, roles, run }: Deed) {
  const me = useMe();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <RoleButton refusal={refusalFor(me, roles)} onClick={() => setIsOpen(true)}>
        {name}
      </RoleButton>
      <Dialog isOpen={isOpen} title={name} onClose={() => setIsOpen(false)}>
        <Question name={name} consequence={consequence} typed={typed} run={run} onDone={() => setIsOpen(false)} />
      </Dialog>
    </>
  );
}

function Question({
  name,
  consequence,
  typed,
  run,
  onDone,
}: Pick<Deed, 'name' | 'consequence' | 'run'> & { typed: string | undefined; onDone: () => void }) {
  const field = useId();
  const [text, setText] = useState('');
  const [state, setState] = useState<'asking' | 'working' | { error: unknown }>('asking');
  const isReady = typed === undefined || text.trim() === typed;
  const doIt = async (): Promise<void> => {
    setState('working');
    try {
      await run();
      onDone();
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <form
      className="question"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady && state !== 'working') void doIt();
      }}
    >
      <div>{consequence}</div>
      {typed !== undefined && (
        <label htmlFor={field}>
          {words.type(typed)}
          <input
            id={field}
            data-first
            type="text"
            autoComplete="off"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
      )}
      {typeof state === 'object' && <Failure error={state.error} what={name} />}
      <div className="answers">
        <button type="button" className="button" onClick={onDone}>
          {words.cancel}
        </button>
        <button type="submit" className="button no" disabled={!isReady || state === 'working'}>
          {state === 'working' ? words.working : name}
        </button>
      </div>
    </form>
  );
}
