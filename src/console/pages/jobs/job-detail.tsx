import { BASE } from '../../../design/facts.ts';
import { Command } from '../../../design/small-parts.tsx';
import { jobs } from '../../../design/texts/console/jobs.ts';
import { hrefOf } from '../../address.ts';
import type { components } from '../../api-types.ts';
import { ConfirmedDeed } from '../../parts/confirm.tsx';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { countText, Exact, Fact, FactList, Id } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Detail, Section } from '../../parts/page.tsx';
import { useChange } from '../../parts/use-change.ts';
import { useOne } from '../../parts/use-one.ts';
import { Refused } from '../../reach/ask.ts';
import { errorText, JobStatus, kindText } from './job-words.tsx';

const { detail: words } = jobs;

type Job = components['schemas']['Job'];

/** One job: why it is not done yet. */
export function JobDetail({ id }: { id: string }) {
  const { body, error, again } = useOne(`/jobs/${id}`, {}, ['job']);
  if (error instanceof Refused && error.status === 404)
    return (
      <Detail title={jobs.title}>
        <EmptyState what={jobs.done} why={jobs.doneWhy}>
          <a className="button" href={hrefOf({ page: 'jobs' })}>
            {jobs.back}
          </a>
        </EmptyState>
      </Detail>
    );
  if (body === undefined)
    return (
      <Detail title={error === null ? <Skeleton lines={1} /> : jobs.title}>
        {error === null ? <Skeleton lines={8} /> : <Failure error={error} what={jobs.title} onAgain={again} />}
      </Detail>
    );
  return (
    <Detail
      title={kindText(body.kind)}
      under={
        <p>
          <JobStatus status={body.status} />
        </p>
      }
      actions={<Retry job={body} />}
    >
      <Section title={words.error}>
        {body.last_error === null ? (
          <p className="small soft">{words.noError}</p>
        ) : (
          <>
            <LastError error={body.last_error} />
            <p className="tiny soft">{words.errorWhy}</p>
          </>
        )}
      </Section>
      <Facts job={body} />
      <Section title={words.curl}>
        <Command
          text={`curl -s "${BASE}/admin/jobs/${id}" -H "Authorization: Bearer $ADMIN_TOKEN"`}
          what={words.curl}
          scrolls
        />
      </Section>
    </Detail>
  );
}

/** In words, and where those differ also as it is written down. */
function LastError({ error }: { error: string }) {
  const text = errorText(error);
  return (
    <>
      {text !== error && <p className="small">{`${text.charAt(0).toUpperCase()}${text.slice(1)}`}</p>}
      {text !== error && <p className="tiny soft">{words.errorRaw}</p>}
      <pre className="answer" tabIndex={0}>
        {error}
      </pre>
    </>
  );
}

function Retry({ job: { id, status } }: { job: Job }) {
  const change = useChange();
  if (status === 'running') return <p className="small soft">{words.running}</p>;
  return (
    <ConfirmedDeed
      name={words.retry}
      consequence={<p>{words.retryConsequence}</p>}
      roles={['support']}
      run={() => change({ method: 'POST', path: `/jobs/${id}/retry`, said: words.retrySaid, changes: ['jobs'] })}
    />
  );
}

function Facts({ job }: { job: Job }) {
  return (
    <FactList>
      <Fact name={words.ordered}>
        <Exact at={job.created_at} />
      </Fact>
      <Fact name={words.attempts}>{countText(job.attempts)}</Fact>
      {job.next_run_at !== null && (
        <Fact name={words.next}>
          <Exact at={job.next_run_at} />
        </Fact>
      )}
      {job.lease_ends_at !== null && (
        <Fact name={words.lease}>
          <Exact at={job.lease_ends_at} />
        </Fact>
      )}
      {job.parked_at !== null && (
        <Fact name={words.parked}>
          <Exact at={job.parked_at} />
        </Fact>
      )}
      <Fact name={words.kind}>
        <code>{job.kind}</code>
      </Fact>
      <Fact name={words.id}>
        <Id id={job.id} what={words.id} />
      </Fact>
    </FactList>
  );
}
