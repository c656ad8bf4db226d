import { jobs as words } from '../../../design/texts/console/jobs.ts';
import { Meant, type Meaning } from '../../parts/outcome.tsx';

type Status = keyof typeof words.status;

const MEANINGS: Readonly<Record<Status, Meaning>> = { waiting: 'ended', running: 'ringing', parked: 'failed' };

export function JobStatus({ status }: { status: Status }) {
  return <Meant kind={MEANINGS[status]}>{words.status[status]}</Meant>;
}

export function kindText(kind: string): string {
  return words.kinds[kind] ?? kind;
}

/** How a job says that it asks for a later run, or gives up: the reason stands behind it. */
const OF_OURS = /^(?:RetryLater|Park): (.+)$/s;

/** Why a job failed, without the names of our own errors. */
export function errorText(error: string): string {
  const reason = OF_OURS.exec(error)?.[1] ?? error;
  return words.errors[reason] ?? reason;
}
