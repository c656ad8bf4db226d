import { useId, useState } from 'react';
import { costs } from '../../../design/texts/console/costs.ts';
import { parts } from '../../../design/texts/console/parts.ts';
import type { components } from '../../api-types.ts';
import { Failure } from '../../parts/failure.tsx';
import { Section } from '../../parts/page.tsx';
import { ask } from '../../reach/ask.ts';
import { mayDo, useMe } from '../../reach/me.ts';
import { Comparison } from './comparison.tsx';
import { monthName } from './months.ts';

const { invoice: words } = costs;

type Compared = components['schemas']['InvoiceComparison'];

/** Plivo's bill beside what is known here. */
export function CompareInvoice({
  month,
  zone,
  accounts,
}: {
  month: string | null;
  zone: string;
  accounts: readonly string[];
}) {
  const me = useMe();
  const isMine = mayDo(me, ['finance']);
  const [found, setFound] = useState<Compared | null>(null);
  const [state, setState] = useState<'idle' | 'working' | { error: unknown }>('idle');
  const compare = async (account: string, file: File): Promise<void> => {
    setState('working');
    setFound(null);
    try {
      const query = { account, month, time_zone: zone };
      setFound(await ask<Compared>('/invoices/compare', { method: 'POST', query, body: await file.text() }));
      setState('idle');
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <div className="card padded">
      <Section title={words.title} level={2}>
        <p className="small soft">{isMine ? words.lead : parts.needsRole(['finance', 'admin'])}</p>
        {isMine && (
          <Ask
            accounts={accounts}
            month={month}
            isWorking={state === 'working'}
            onAsk={(...of) => void compare(...of)}
          />
        )}
        {typeof state === 'object' && <Failure error={state.error} what={words.title} />}
        {found !== null && <Comparison found={found} />}
      </Section>
    </div>
  );
}

function Ask({
  accounts,
  month,
  isWorking,
  onAsk,
}: {
  accounts: readonly string[];
  month: string | null;
  isWorking: boolean;
  onAsk: (account: string, file: File) => void;
}) {
  const id = useId();
  const [chosen, choose] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const account = chosen === '' && accounts.length === 1 ? (accounts[0] ?? '') : chosen;
  return (
    <form
      className="asked-line small"
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null && account !== '') onAsk(account, file);
      }}
    >
      <label htmlFor={`${id}account`}>
        {words.account}
        <input
          id={`${id}account`}
          type="text"
          list={`${id}accounts`}
          autoComplete="off"
          placeholder="MA…"
          maxLength={20}
          value={account}
          onChange={({ target }) => choose(target.value)}
        />
        <Known id={`${id}accounts`} accounts={accounts} />
      </label>
      <label htmlFor={`${id}file`}>
        {words.file}
        <input
          id={`${id}file`}
          type="file"
          accept=".csv,text/csv"
          onChange={({ target }) => setFile(target.files?.[0] ?? null)}
        />
      </label>
      <button
        type="submit"
        className="button"
        disabled={isWorking || file === null || account === '' || month === null}
      >
        {isWorking ? words.working : words.go}
      </button>
      <span className="soft">{month === null ? words.oneMonth : words.forMonth(monthName(month))}</span>
    </form>
  );
}

function Known({ id, accounts }: { id: string; accounts: readonly string[] }) {
  return (
    <datalist id={id}>
      {accounts.map((one) => (
        <option key={one} value={one} />
      ))}
    </datalist>
  );
}
