import { BASE } from '../../../design/facts.ts';
import { Command } from '../../../design/small-parts.tsx';
import { recordings } from '../../../design/texts/console/recordings.ts';
import { hrefOf } from '../../address.ts';
import { exactly, useZone } from '../../parts/clock.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { Skeleton } from '../../parts/empty.tsx';
import { Exact, Fact, FactList, Id } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Detail, Section } from '../../parts/page.tsx';
import { useChange } from '../../parts/use-change.ts';
import { useOne } from '../../parts/use-one.ts';
import { Player } from './player.tsx';
import { Length, RecordingStatus, Size, type Recording } from './recording-words.tsx';
import './recordings.css';

const { detail: words } = recordings;

/** One recording: to be heard, and to be deleted. */
export function RecordingDetail({ id }: { id: string }) {
  const chosen = useZone();
  const { body, error, again } = useOne(`/recordings/${id}`, {}, ['call']);
  if (body === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : recordings.title}>
        {error === null ? <Skeleton lines={8} /> : <Failure error={error} what={recordings.title} onAgain={again} />}
      </Detail>
    );
  const { created_at: at, status, reason } = body;
  return (
    <Detail
      title={at === null ? recordings.title : words.title(exactly(new Date(at), chosen))}
      under={
        <p>
          <RecordingStatus status={status} />
        </p>
      }
      actions={status !== 'deleted' && status !== 'deleting' && <Remove id={id} />}
    >
      {status === 'ready' ? (
        <Section title={words.listen}>
          <Player id={id} />
        </Section>
      ) : (
        <p className="small soft">{reason === null ? words.notReady : recordings.reasons[reason]}</p>
      )}
      <Facts recording={body} />
      <Section title={words.curl}>
        <Command
          text={`curl -s "${BASE}/admin/recordings/${id}" -H "Authorization: Bearer $ADMIN_TOKEN"`}
          what={words.curl}
          scrolls
        />
      </Section>
    </Detail>
  );
}

function Remove({ id }: { id: string }) {
  const change = useChange();
  return (
    <ConfirmedDeed
      name={words.remove}
      consequence={<p>{words.removeConsequence}</p>}
      typed={id.slice(-4)}
      roles={[]}
      run={() =>
        change({ method: 'DELETE', path: `/recordings/${id}`, said: words.removeSaid, changes: ['recordings'] })
      }
    />
  );
}

function Facts({ recording }: { recording: Recording }) {
  const { started_at: began, ended_at: ended, ready_at: ready, deleted_at: deleted } = recording;
  return (
    <FactList>
      <Fact name={words.length}>
        <Length seconds={recording.duration_seconds} />
      </Fact>
      <Fact name={words.size}>
        <Size bytes={recording.bytes} />
      </Fact>
      <Fact name={words.format}>{recording.format}</Fact>
      <Fact name={words.began}>
        <Exact at={began} />
      </Fact>
      <Fact name={words.ended}>
        <Exact at={ended} />
      </Fact>
      <Fact name={words.ready}>
        <Exact at={ready} />
      </Fact>
      {deleted !== null && (
        <Fact name={words.deleted}>
          <Exact at={deleted} />
        </Fact>
      )}
      <Fact name={words.call}>
        <a href={hrefOf({ page: 'calls', id: recording.call_id })}>{words.toCall}</a>
      </Fact>
      <Fact name={words.session}>
        <a href={hrefOf({ page: 'sessions', id: recording.session_uuid })}>{words.toSession}</a>
      </Fact>
      <Fact name={words.account}>
        <Id id={recording.account} what={words.account} />
      </Fact>
      <Fact name={words.id}>
        <Id id={recording.recording_id} what={words.id} />
      </Fact>
    </FactList>
  );
}
