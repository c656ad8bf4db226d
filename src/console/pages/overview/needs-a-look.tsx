import { overview } from '../../../design/texts/console/overview.ts';
import { hrefOf } from '../../address.ts';
import { serviceNow } from '../../parts/clock.ts';
import { Mark } from '../../parts/outcome.tsx';
import { useOne } from '../../parts/use-one.ts';
import type { Page } from '../../parts/use-rows.ts';
import type { PoolFigure, RefusedWebhook } from '../../reach/answers.ts';
import { COUNTED, usePool } from './figures.ts';

const { look: words } = overview;
const DAY = 86_400_000;

/** What somebody should do something about, each with the way to it; one quiet line where there is nothing. */
export function NeedsALook() {
  const asked = useFound();
  if (asked === null) return null;
  const { found, isAll } = asked;
  if (found.length === 0 && isAll)
    return (
      <p className="look quiet small">
        <Mark kind="connected" /> <strong>{words.nothing}</strong> <span className="soft">{words.nothingWhy}</span>
      </p>
    );
  return (
    <section className="look" aria-label={words.title}>
      <h2>{words.title}</h2>
      <ul>
        {found.map(({ text, href }) => (
          <li key={text} className="small">
            <Mark kind="failed" /> <a href={href}>{text}</a>
          </li>
        ))}
        {!isAll && (
          <li className="small">
            <Mark kind="ringing" /> {words.notAll}
          </li>
        )}
      </ul>
    </section>
  );
}

interface Trouble {
  text: string;
  href: string;
}

/** Null until all that is asked has been answered, whatever it was; `isAll`: nothing of it was refused, or lost. */
function useFound(): { found: Trouble[]; isAll: boolean } | null {
  const parked = useOne('/callbacks', { status: 'parked', limit: COUNTED }, ['callback']);
  const receivers = useOne('/receivers', { limit: COUNTED }, ['callback']);
  const jobs = useOne('/jobs', { status: 'parked', limit: COUNTED }, ['job']);
  const webhooks = useOne('/webhooks/refused', {}, ['call']);
  const pool = usePool();
  const asked = [parked, receivers, jobs, webhooks, pool];
  if (asked.some(({ body, error }) => body === undefined && error === null)) return null;
  const found = [
    ...ofPool(pool.body?.items ?? []),
    ...ofWebhooks(webhooks.body?.items ?? []),
    ...ofReceivers(receivers.body?.items ?? []),
    ...ofParked(parked.body, words.parked, 'callbacks'),
    ...ofParked(jobs.body, words.jobs, 'jobs'),
  ];
  return { found, isAll: asked.every(({ error }) => error === null) };
}

function ofPool(pools: readonly PoolFigure[]): Trouble[] {
  const short = pools.find(({ refusals_24h: count }) => count > 0);
  return short === undefined ? [] : [{ text: words.pool(short.country), href: hrefOf({ page: 'numbers' }) }];
}

function ofWebhooks(webhooks: readonly RefusedWebhook[]): Trouble[] {
  const refused = webhooks
    .filter(({ at }) => serviceNow() - Date.parse(at) < DAY)
    .reduce((all, { count }) => all + count, 0);
  return refused === 0 ? [] : [{ text: words.webhooks(refused), href: hrefOf({ page: 'webhooks' }) }];
}

function ofReceivers(receivers: readonly { origin: string }[]): Trouble[] {
  const [first] = receivers;
  if (first === undefined) return [];
  return [{ text: words.receivers(receivers.length, first.origin), href: hrefOf({ page: 'receivers' }) }];
}

function ofParked(found: Page<unknown> | undefined, say: (count: number) => string, page: string): Trouble[] {
  if (found === undefined || found.items.length === 0) return [];
  const text = say(found.items.length);
  return [
    {
      text: found.next_cursor === null ? text : words.atLeast(text),
      href: hrefOf({ page, filters: { status: 'parked' } }),
    },
  ];
}
