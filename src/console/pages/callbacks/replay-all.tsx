import { callbacks } from '../../../design/texts/console/callbacks.ts';
import type { Filters } from '../../address.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { countText } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { useChange } from '../../parts/use-change.ts';
import { useOne } from '../../parts/use-one.ts';

const { all: words } = callbacks;

/** Sends all again that the filters leave; without a status what was given up. How many is said before. */
export function ReplayAll({ range }: { range: Filters }) {
  const change = useChange();
  const body = { ...range, status: range['status'] ?? 'parked' };
  return (
    <ConfirmedDeed
      name={words.name}
      consequence={<Count range={body} />}
      roles={['support']}
      run={() =>
        change({
          method: 'POST',
          path: '/callbacks/replay',
          body,
          said: words.said,
          changes: ['callbacks', 'receivers'],
        })
      }
    />
  );
}

function Count({ range }: { range: Filters & { status: string } }) {
  const { body, error } = useOne('/callbacks/count', range, ['callback']);
  if (error !== null) return <Failure error={error} what={words.name} />;
  if (body === undefined) return <p>{words.counting}</p>;
  if (body.callbacks === 0 && range.status === 'parked') return <p>{words.none}</p>;
  const what = words.what[range.status as keyof typeof words.what] ?? range.status;
  return (
    <>
      <p>
        <strong>{words.count(countText(body.callbacks), what)}</strong>
      </p>
      {range.status === 'delivered' && <p>{words.twice}</p>}
      <p className="soft small">{words.order}</p>
    </>
  );
}
