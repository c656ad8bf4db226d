import { receivers } from '../../../design/texts/console/receivers.ts';
import { hrefOf } from '../../address.ts';
import type { components } from '../../api-types.ts';
import { exactly, useZone } from '../../parts/clock.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { countText, Exact, Fact, FactList, Id } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Meant } from '../../parts/outcome.tsx';
import { Detail } from '../../parts/page.tsx';
import { useChange } from '../../parts/use-change.ts';
import { useOne } from '../../parts/use-one.ts';
import { ask } from '../../reach/ask.ts';

const { detail: words } = receivers;
/** As many as a page of the admin API has at the most: more servers than that do not fail at once. */
const ALL = 200;

type Receiver = components['schemas']['Receiver'];

/** One receiver that fails, and what ends that: the way from an alert to the replay. */
export function ReceiverDetail({ id }: { id: string }) {
  const { body, error, again } = useOne('/receivers', { limit: ALL }, ['callback']);
  if (body === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : receivers.title}>
        {error === null ? <Skeleton lines={8} /> : <Failure error={error} what={receivers.title} onAgain={again} />}
      </Detail>
    );
  const found = body.items.find((one) => one.id === id.toLowerCase());
  if (found === undefined)
    return (
      <Detail title={receivers.title}>
        <EmptyState what={receivers.well} why={receivers.wellWhy}>
          <a className="button" href={hrefOf({ page: 'receivers' })}>
            {receivers.back}
          </a>
        </EmptyState>
      </Detail>
    );
  return <Found receiver={found} />;
}

/** What failed first was made before it failed: it had waited for its turn, or for the answer. */
const MADE_BEFORE_MS = 60_000;

function Found({ receiver }: { receiver: Receiver }) {
  const { id, account, origin, status, paused_at: paused } = receiver;
  const isPaused = status === 'paused';
  // Of what was made before the pause some waited for a later attempt, and was given up by it too.
  const since = new Date(Date.parse(receiver.failing_since) - MADE_BEFORE_MS).toISOString();
  const range = { status: 'parked', account, since };
  const { body: counted } = useOne('/callbacks/count', range, ['callback']);
  const count = counted === undefined ? null : countText(counted.callbacks);
  return (
    <Detail
      title={<span className="number">{origin}</span>}
      under={
        <p>
          <Meant kind={isPaused ? 'failed' : 'ringing'}>{receivers.status[status]}</Meant>
        </p>
      }
      actions={isPaused && <Deeds receiver={receiver} range={range} count={count} />}
    >
      <EmptyState
        what={isPaused ? words.pausedWhat : words.failingWhat}
        why={isPaused ? (count === null ? words.pausedUnknown : words.pausedWhy(count)) : words.failingWhy}
      >
        <a
          className="small"
          href={hrefOf({ page: 'callbacks', filters: { status: 'parked', account, from: range.since } })}
        >
          {words.toParked}
        </a>
      </EmptyState>
      <FactList>
        <Fact name={words.since}>
          <Exact at={receiver.failing_since} />
        </Fact>
        <Fact name={words.last}>
          <Exact at={receiver.last_failed_at} />
        </Fact>
        {paused !== null && (
          <Fact name={words.paused}>
            <Exact at={paused} />
          </Fact>
        )}
        <Fact name={words.account}>
          <Id id={account} what={words.account} />
        </Fact>
        <Fact name={words.id}>
          <Id id={id} what={words.id} />
        </Fact>
      </FactList>
    </Detail>
  );
}

function Deeds({
  receiver: { id },
  range,
  count,
}: {
  receiver: Receiver;
  range: { status: string; account: string; since: string };
  count: string | null;
}) {
  const change = useChange();
  const chosen = useZone();
  return (
    <>
      <ConfirmedDeed
        name={words.replay}
        consequence={
          <>
            {count !== null && <p>{words.replayCount(count, exactly(new Date(range.since), chosen))}</p>}
            <p className="soft small">{words.others}</p>
          </>
        }
        roles={['support']}
        run={async () => {
          await ask(`/receivers/${id}/resume`, { method: 'POST', isOnce: true });
          await change({
            method: 'POST',
            path: '/callbacks/replay',
            body: range,
            said: words.replaySaid,
            changes: ['receivers', 'callbacks'],
          });
        }}
      />
      <ConfirmedDeed
        name={words.resume}
        consequence={<p>{words.resumeConsequence}</p>}
        roles={['support']}
        run={() =>
          change({
            method: 'POST',
            path: `/receivers/${id}/resume`,
            said: words.resumeSaid,
            changes: ['receivers'],
          })
        }
      />
    </>
  );
}
