import { numbers as words } from '../../../design/texts/console/numbers.ts';
import type { components } from '../../api-types.ts';
import { Nothing } from '../../parts/facts.tsx';
import { Meant, type Meaning } from '../../parts/outcome.tsx';

export type Pooled = components['schemas']['PooledNumber'];
export type Health = components['schemas']['NumberHealth'];

const MEANINGS: Readonly<Record<Pooled['status'], Meaning>> = {
  active: 'connected',
  draining: 'ringing',
  retired: 'ended',
  elsewhere: 'failed',
};
/** Where its calls are answered as they should be. */
const FINE: readonly Pooled['leads_to'][] = [null, 'here', 'hangup-missing'];

export function NumberStatus({ status }: Pick<Pooled, 'status'>) {
  return <Meant kind={MEANINGS[status]}>{words.status[status]}</Meant>;
}

export function Leads({ to }: { to: Pooled['leads_to'] }) {
  if (to === null) return <Nothing />;
  return FINE.includes(to) ? <span>{words.leads[to]}</span> : <Meant kind="failed">{words.leads[to]}</Meant>;
}

export function HealthWord({ health }: { health: Health | undefined }) {
  if (health === undefined || health.suspect === null) return <span className="soft">{words.health.few}</span>;
  return health.suspect ? (
    <Meant kind="failed">{words.health.suspect}</Meant>
  ) : (
    <Meant kind="connected">{words.health.well}</Meant>
  );
}
