import { callbacks as words } from '../../../design/texts/console/callbacks.ts';
import { Meant, type Meaning } from '../../parts/outcome.tsx';

type Status = keyof typeof words.status;

const MEANINGS: Readonly<Record<Status, Meaning>> = { pending: 'ringing', delivered: 'connected', parked: 'failed' };

export function CallbackStatus({ status }: { status: Status }) {
  return <Meant kind={MEANINGS[status]}>{words.status[status]}</Meant>;
}

/** Of an attempt: an HTTP status, or the class of its failure. */
export function outcomeText(outcome: string): string {
  return words.outcomes[outcome] ?? (/^\d{3}$/.test(outcome) ? words.answered(outcome) : outcome.replaceAll('-', ' '));
}
