import { sessions as words } from '../../../design/texts/console/sessions.ts';
import { Party } from '../../parts/facts.tsx';
import { Meant } from '../../parts/outcome.tsx';
import type { Session } from '../../reach/answers.ts';

/** A party that has not been named yet is whoever calls first. */
export function SeatedParty({ number }: { number: string | null }) {
  return number === null ? <span className="soft">{words.open}</span> : <Party number={number} />;
}

export function SessionStatus({ status }: { status: Session['status'] }) {
  const kind = status === 'active' ? 'connected' : status === 'expired' ? 'ended' : 'ringing';
  return <Meant kind={kind}>{words.status[status]}</Meant>;
}
