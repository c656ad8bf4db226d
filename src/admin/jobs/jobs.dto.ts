import { IsIn } from 'class-validator';
import type { JobState, StoredJob } from '../../platform/jobs/jobs.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, isoText } from '../values.dto.js';

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
