import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { numbers as words } from '../../../design/texts/console/numbers.ts';
import type { components } from '../../api-types.ts';
import { tell } from '../../parts/toasts.tsx';
import { useChange } from '../../parts/use-change.ts';
import { useOne } from '../../parts/use-one.ts';
import { ask, Refused } from '../../reach/ask.ts';
import { AskedForm } from './asked-form.tsx';

type Account = components['schemas']['Account'];

function useChosenAccount(): [string, (account: string) => void, readonly Account[]] {
  const { body } = useOne('/accounts', { limit: 200 });
  const [chosen, choose] = useState('');
  const accounts = body?.items ?? [];
  return [chosen === '' ? (accounts[0]?.auth_id ?? '') : chosen, choose, accounts];
}

function AccountField({
  value,
  accounts,
  onChange,
}: {
  value: string;
  accounts: readonly Account[];
  onChange: (account: string) => void;
}) {
  const id = useId();
  return (
    <label htmlFor={id}>
      {words.add.account}
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        {accounts.map(({ auth_id: one, name }) => (
          <option key={one} value={one}>
            {name === '' || name === one ? one : `${name}, ${one}`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Field({
  name,
  value,
  onChange,
  placeholder,
}: {
  name: string;
  value: string;
  onChange: (text: string) => void;
  placeholder?: string;
}) {
  const id = useId();
  return (
    <label htmlFor={id}>
      {name}
      <input
        id={id}
        type="text"
        autoComplete="off"
        placeholder={placeholder}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </label>
  );
}

export function AddNumber() {
  const change = useChange();
  const [account, choose, accounts] = useChosenAccount();
  const [number, setNumber] = useState('');
  const [subaccount, setSubaccount] = useState('');
  const [alias, setAlias] = useState('');
  const given = { ...(subaccount.trim() !== '' && { subaccount: subaccount.trim() }), ...(alias !== '' && { alias }) };
  return (
    <AskedForm
      name={words.add.name}
      lead={words.add.lead}
      isReady={account !== '' && number.trim() !== ''}
      run={() =>
        change({
          method: 'POST',
          path: '/numbers',
          body: { account, number: number.trim(), ...given },
          said: words.add.said,
          changes: ['numbers', 'pool'],
        })
      }
    >
      <AccountField value={account} accounts={accounts} onChange={choose} />
      <Field name={words.add.number} value={number} onChange={setNumber} placeholder={words.add.numberExample} />
      <Field name={words.add.subaccount} value={subaccount} onChange={setSubaccount} placeholder="SA…" />
      <Field name={words.add.alias} value={alias} onChange={setAlias} />
    </AskedForm>
  );
}

export function ImportNumbers() {
  const id = useId();
  const client = useQueryClient();
  const [account, choose, accounts] = useChosenAccount();
  const [file, setFile] = useState<File | null>(null);
  const run = async (): Promise<void> => {
    const body = (await file?.text()) ?? '';
    const options = { method: 'POST', query: { account }, body, isOnce: true };
    const { added, unchanged } = await ask<components['schemas']['ImportedNumbers']>('/numbers/import', options);
    tell(words.import.said(added, unchanged));
    await Promise.all(['numbers', 'pool'].map((name) => client.invalidateQueries({ queryKey: [name] })));
  };
  return (
    <AskedForm
      name={words.import.name}
      lead={words.import.lead}
      isReady={account !== '' && file !== null}
      run={run}
      failed={(error) => <WrongRows error={error} />}
    >
      <AccountField value={account} accounts={accounts} onChange={choose} />
      <label htmlFor={id}>
        {words.import.file}
        <input
          id={id}
          type="file"
          accept=".csv,text/csv"
          onChange={({ target }) => setFile(target.files?.[0] ?? null)}
        />
      </label>
    </AskedForm>
  );
}

const ROW = /^row (\d+) \(line (\d+)\): (.+)$/;

/** What the service says of each row, as a table. */
function WrongRows({ error }: { error: unknown }) {
  const told = error instanceof Refused ? error.message : '';
  const sentences = told.split('; ').slice(1);
  const rows = sentences.map((sentence) => ROW.exec(sentence)).filter((found) => found !== null);
  if (rows.length === 0) return null;
  const rest = sentences.filter((sentence) => !ROW.test(sentence));
  return (
    <div className="failure" role="alert">
      <strong>{words.import.nothing}</strong>
      <div className="scrolls wide-table" tabIndex={0} role="region" aria-label={words.import.nothing}>
        <table className="plain small">
          <thead>
            <tr>
              <th scope="col" className="figures">
                {words.import.row}
              </th>
              <th scope="col" className="figures">
                {words.import.line}
              </th>
              <th scope="col">{words.import.problem}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([, row, line, problem]) => (
              <tr key={row}>
                <th scope="row" className="figures">
                  {row}
                </th>
                <td className="figures">{line}</td>
                <td>{problem}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        {rest.join('; ')} {words.import.fix}
      </p>
    </div>
  );
}

export function SyncNumbers() {
  const client = useQueryClient();
  const [account, choose, accounts] = useChosenAccount();
  const run = async (): Promise<void> => {
    const options = { method: 'POST', query: { account }, isOnce: true };
    const found = await ask<components['schemas']['SyncedNumbers']>('/numbers/sync', options);
    const { added, updated, missing, doubted } = found;
    if (doubted === true) tell(words.sync.doubted, { kind: 'failed' });
    else tell(words.sync.said(added, updated));
    if (missing.length > 0) tell(words.sync.missing(missing.length), { kind: 'failed' });
    await Promise.all(['numbers', 'pool'].map((name) => client.invalidateQueries({ queryKey: [name] })));
  };
  return (
    <AskedForm name={words.sync.name} lead={words.sync.lead} isReady={account !== ''} run={run}>
      <AccountField value={account} accounts={accounts} onChange={choose} />
    </AskedForm>
  );
}
