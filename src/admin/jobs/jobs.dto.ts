import { IsIn } from 'class-validator';
import type { JobState, StoredJob } from '../../platform/jobs/jobs.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, isoText } from '../values.dto.js';
import { count, instant, orNull, pageSchema, shape, text, uuid, word } from '../../platform/openapi/schemas.js';

export class JobsQuery extends PageQuery {
  @IfGiven()
  @IsIn(['waiting', 'running', 'parked'])
  status?: JobState;
}

/** A job as operators see it, without what it is about. */
export function shownJob({ id, kind, state, attempts, runAt, lastError, createdAt }: StoredJob) {
  return {
    id,
    kind,
    status: state,
    attempts,
    last_error: lastError,
    created_at: isoText(createdAt),
    next_run_at: state === 'waiting' ? isoText(runAt) : null,
    lease_ends_at: state === 'running' ? isoText(runAt) : null,
    parked_at: state === 'parked' ? isoText(runAt) : null,
  };
}

export const JOB = shape<ReturnType<typeof shownJob>>('Job', () => ({
  id: uuid('Of the job.'),
  kind: text('What is done.', 'callbacks.deliver'),
  status: word('parked: kept failing.', ['waiting', 'running', 'parked']),
  attempts: count('Until now.', 1),
  last_error: orNull(text('Of the last attempt.', 'Plivo asks to slow down')),
  created_at: instant('When it was ordered.'),
  next_run_at: orNull(instant('While it waits.')),
  lease_ends_at: orNull(instant('While it runs.')),
  parked_at: orNull(instant('When it was parked.')),
}));
export const JOBS_PAGE = pageSchema('Jobs', JOB);
export const RETRIED_JOB = shape<{ id: string; status: string }>('RetriedJob', () => ({
  id: uuid('Of the job.'),
  status: word('Always waiting.', ['waiting']),
}));
