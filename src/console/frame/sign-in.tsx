import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../../design/icons.tsx';
import { shared } from '../../design/texts/shared.ts';
import { frame } from '../../design/texts/console/frame.ts';
import { Failure } from '../parts/failure.tsx';
import { ask, Refused } from '../reach/ask.ts';

const { signIn: words } = frame;

/** `isOver`: somebody was signed in until now, and should know why that is over. */
export function SignIn({ isOver, onSignedIn }: { isOver: boolean; onSignedIn: () => void }) {
  const field = useId();
  const input = useRef<HTMLInputElement>(null);
  // Nothing else can be done here.
  useEffect(() => input.current?.focus(), []);
  // What it stands in was in sight until now, and goes when this is shown.
  const [wasDoing] = useState(() => document.querySelector('dialog[open] .question') !== null);
  const [text, setText] = useState('');
  const [failure, setFailure] = useState<unknown>(null);
  const signIn = async (): Promise<void> => {
    try {
      await logIn(text.trim());
      onSignedIn();
    } catch (error) {
      setFailure(error);
    }
  };
  return (
    <main className="alone">
      <form
        className="card sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          void signIn();
        }}
      >
        <p className="brand">
          <Icon name="brand" size={28} />
          {shared.brand}
        </p>
        <h1>{words.title}</h1>
        <p className="soft small">{isOver ? words.over : words.lead}</p>
        {isOver && wasDoing && <p className="small">{words.notDone}</p>}
        <label htmlFor={field}>
          {words.token}
          <input
            ref={input}
            id={field}
            type="password"
            autoComplete="current-password"
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        {failure instanceof NotKept || (failure instanceof Refused && failure.status === 401) ? (
          <p className="wrong" role="alert">
            {failure instanceof NotKept ? words.notKept : words.wrong}
          </p>
        ) : (
          failure !== null && <Failure error={failure} what={words.title} />
        )}
        <button type="submit" className="button main" disabled={text.trim() === ''}>
          {words.go}
        </button>
      </form>
    </main>
  );
}

/** A cookie that no script can read stands for the token from here on. */
async function logIn(shown: string): Promise<void> {
  await ask('/login', { method: 'POST', body: { token: shown } });
  // Asked by the cookie: behind an https PUBLIC_URL browsers keep none that came over plain http.
  await ask('/me').catch((error: unknown) => {
    throw error instanceof Refused && error.status === 401 ? new NotKept() : error;
  });
}

class NotKept extends Error {}
