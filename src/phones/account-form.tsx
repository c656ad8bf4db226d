import { useState, type FormEvent } from 'react';
import { texts } from '../design/texts/index.ts';
import { useScene } from './use-scene.ts';

const { account: words } = texts.phones;

/** Where the account is not the demo's: its owner types the token, which stays in this page's memory. */
export function AccountForm() {
  const { scene } = useScene();
  const [id, setId] = useState('');
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await scene.useAccount({ auth_id: id.trim(), auth_token: token.trim() });
    } catch (error) {
      setFailure(words.refused(error instanceof Error ? error.message : String(error)));
    }
  };
  return (
    <form className="account card" onSubmit={(event) => void submit(event)} aria-labelledby="account">
      <h2 id="account">{words.title}</h2>
      <p className="soft small">{words.text}</p>
      <div>
        <label className="small">
          {words.id}
          <input type="text" value={id} required autoComplete="off" onChange={({ target }) => setId(target.value)} />
        </label>
        <label className="small">
          {words.token}
          <input
            type="password"
            value={token}
            required
            autoComplete="off"
            onChange={({ target }) => setToken(target.value)}
          />
        </label>
        <button type="submit" className="button main">
          {words.use}
        </button>
      </div>
      <div role="alert">{failure !== null && <p className="failure small">{failure}</p>}</div>
    </form>
  );
}
