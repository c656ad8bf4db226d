import { numbers } from '../../../design/texts/console/numbers.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { countText } from '../../parts/facts.tsx';
import { useChange } from '../../parts/use-change.ts';
import type { Pooled } from './number-words.tsx';

const { detail: words } = numbers;
const CHANGES = ['numbers', 'pool'];
type Stored = Exclude<Pooled['status'], 'elsewhere'>;

/** What may be done with a number as it is now. A status can be taken back; what is removed cannot. */
export function NumberDeeds({ number: { number, status, live_sessions: live } }: { number: Pooled }) {
  const change = useChange();
  const path = `/numbers/${encodeURIComponent(number)}`;
  const before: Stored = status === 'elsewhere' ? 'active' : status;
  const become = (to: Stored, said: string): Promise<void> => {
    const undo = (): void =>
      void change({ method: 'PATCH', path, body: { status: before }, said: words.returnSaid, changes: CHANGES });
    return change({
      method: 'PATCH',
      path,
      body: { status: to },
      said,
      changes: CHANGES,
      ...(before === 'active' && { undo }),
    });
  };
  const lives = countText(live ?? 0);
  return (
    <>
      {before === 'active' && (
        <ConfirmedDeed
          name={words.drain}
          consequence={<p>{words.drainConsequence(lives)}</p>}
          roles={[]}
          run={() => become('draining', words.drainSaid)}
        />
      )}
      {before !== 'active' && (
        <ConfirmedDeed
          name={words.return}
          consequence={<p>{words.returnConsequence}</p>}
          roles={[]}
          run={() => become('active', words.returnSaid)}
        />
      )}
      {before !== 'retired' && (
        <ConfirmedDeed
          name={words.retire}
          consequence={<p>{words.retireConsequence(lives)}</p>}
          roles={[]}
          run={() => become('retired', words.retireSaid)}
        />
      )}
      <ConfirmedDeed
        name={words.remove}
        consequence={<p>{words.removeConsequence}</p>}
        typed={number.slice(-4)}
        roles={[]}
        run={() => change({ method: 'DELETE', path, said: words.removeSaid, changes: CHANGES })}
      />
    </>
  );
}
