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
