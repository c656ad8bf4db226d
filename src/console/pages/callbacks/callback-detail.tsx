import { BASE } from '../../../design/facts.ts';
import { Command } from '../../../design/small-parts.tsx';
import { callbacks } from '../../../design/texts/console/callbacks.ts';
import { hrefOf } from '../../address.ts';
import type { components } from '../../api-types.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { countText, Exact, Fact, FactList, Id, Nothing } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Detail, Section } from '../../parts/page.tsx';
import { Table, type TableColumn } from '../../parts/table.tsx';
import { useChange } from '../../parts/use-change.ts';
import { useOne } from '../../parts/use-one.ts';
import { CallbackStatus, outcomeText } from './callback-words.tsx';

const { detail: words } = callbacks;

type Callback = components['schemas']['Callback'];

/** One callback: what was tried, and what its receiver said each time. */
export function CallbackDetail({ id }: { id: string }) {
  const { body, error, again } = useOne(`/callbacks/${id}`, { include: 'response_body' }, ['callback']);
  if (body === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : callbacks.title}>
        {error === null ? <Skeleton lines={10} /> : <Failure error={error} what={callbacks.title} onAgain={again} />}
      </Detail>
    );
  return (
    <Detail
      title={words.title(body.event)}
      under={
        <p>
          <CallbackStatus status={body.status} />
        </p>
      }
      actions={<Replay callback={body} />}
    >
      <Facts callback={body} />
      <Section title={words.attempts}>
        <Attempts callback={body} />
        <p className="tiny soft">{words.request}</p>
      </Section>
      <Section title={words.curl}>
        <Command
          text={`curl -s "${BASE}/admin/callbacks/${id}?include=response_body" -H "Authorization: Bearer $ADMIN_TOKEN"`}
          what={words.curl}
          scrolls
        />
      </Section>
    </Detail>
  );
}

function Replay({ callback: { id, status } }: { callback: Callback }) {
  const change = useChange();
  return (
    <ConfirmedDeed
      name={words.replay}
      consequence={
        <>
          <p>{words.replayConsequence}</p>
          {status === 'delivered' && <p>{words.replayTwice}</p>}
        </>
      }
      roles={['support']}
      run={() =>
        change({
          method: 'POST',
          path: `/callbacks/${id}/replay`,
          said: words.replaySaid,
          changes: ['callbacks', 'receivers'],
        })
      }
    />
  );
}

function Facts({ callback }: { callback: Callback }) {
  const { created_at: made, settled_at: settled, next_attempt_at: next, outcome, call_id: call } = callback;
  return (
    <FactList>
      <Fact name={words.made}>
        <Exact at={made} />
      </Fact>
      {next === null ? (
        <Fact name={words.settled}>
          <Exact at={settled} />
        </Fact>
      ) : (
        <Fact name={words.next}>
          <Exact at={next} />
        </Fact>
      )}
      <Fact name={words.outcome}>{outcome === null ? <Nothing /> : outcomeText(outcome)}</Fact>
      <Fact name={words.sequence}>{words.place(countText(callback.sequence_number), callback.stream)}</Fact>
      <Fact name={words.sent}>{callback.method}</Fact>
      <Fact name={words.session}>
        <a href={hrefOf({ page: 'sessions', id: callback.session_uuid })}>{words.toSession}</a>
      </Fact>
      {call !== null && (
        <Fact name={words.call}>
          <a href={hrefOf({ page: 'calls', id: call })}>{words.toCall}</a>
        </Fact>
      )}
      <Fact name={words.account}>
        <Id id={callback.account} what={words.account} />
      </Fact>
      <Fact name={words.id}>
        <Id id={callback.id} what={words.id} />
      </Fact>
    </FactList>
  );
}

function Attempts({ callback: { attempts, outcome } }: { callback: Callback }) {
  if (attempts.length === 0)
    return outcome === 'receiver-paused' ? (
      <p className="small">
        {words.pausedWhy} <a href={hrefOf({ page: 'receivers' })}>{words.toReceivers}</a>
      </p>
    ) : (
      <p className="small soft">{words.noAttempts}</p>
    );
  return <Table name={words.attempts} columns={COLUMNS} rows={attempts} keyOf={({ number }) => number} />;
}

const COLUMNS: readonly TableColumn<Callback['attempts'][number]>[] = [
  { name: words.columns.number, className: 'soft', cell: ({ number }) => number },
  { name: words.columns.at, className: 'nowrap', cell: ({ at }) => <Exact at={at} /> },
  {
    name: words.columns.status,
    className: 'nowrap',
    cell: ({ status, error }) => outcomeText(status === null ? (error ?? '') : String(status)),
  },
  {
    name: words.columns.took,
    isFigure: true,
    className: 'nowrap',
    cell: ({ duration_ms: took }) => words.ms(countText(took)),
  },
  {
    name: words.columns.body,
    cell: ({ response_body: said }) =>
      said === null || said === undefined || said === '' ? (
        <span className="soft">{words.nothingSaid}</span>
      ) : (
        <code className="answer">{said}</code>
      ),
  },
];
