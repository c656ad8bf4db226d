import { pool } from '../../../design/texts/console/pool.ts';
import { hrefOf } from '../../address.ts';
import type { components } from '../../api-types.ts';
import { EmptyState } from '../../parts/empty.tsx';
import { Ago, countText, Nothing } from '../../parts/facts.tsx';
import { Meant } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import { poolName } from './pool-name.ts';

const { now: words } = pool;
const FIGURES = ['available', 'needed', 'headroom', 'first', 'second', 'live', 'refused'] as const;
/** As the alert `pool.low` has it. */
const TIGHT = 0.2;

export type Figure = components['schemas']['PoolFigure'];

export function PoolNow({ figures, asOf }: { figures: readonly Figure[]; asOf: string | null }) {
  if (figures.length === 0)
    return (
      <EmptyState what={words.empty} why={words.emptyWhy}>
        <a className="button" href={hrefOf({ page: 'numbers' })}>
          {words.toNumbers}
        </a>
      </EmptyState>
    );
  return (
    <Section
      title={words.title}
      level={2}
      end={
        asOf !== null && (
          <span className="small soft">
            {words.asOf} <Ago at={asOf} />
          </span>
        )
      }
    >
      <div className="scrolls" tabIndex={0} role="region" aria-label={words.title}>
        <table className="plain small stacks">
          <thead>
            <tr>
              <th scope="col">{words.columns.country}</th>
              <th scope="col">{words.columns.state}</th>
              {FIGURES.map((name) => (
                <th key={name} scope="col" className="figures">
                  {words.columns[name]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {figures.map((figure) => (
              <Row key={`${figure.account} ${figure.subaccount} ${figure.country}`} figure={figure} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="tiny soft">{words.explain}</p>
    </Section>
  );
}

function Row({ figure }: { figure: Figure }) {
  const { account, country, headroom } = figure;
  const counts = [
    figure.available,
    figure.numbers_needed,
    headroom,
    figure.max_sessions_first,
    figure.max_sessions_second,
    figure.live_sessions,
    figure.refusals_24h,
  ];
  return (
    <tr>
      <th scope="row">
        <a href={hrefOf({ page: 'numbers', filters: { account, country } })}>{poolName(figure)}</a>
        <br />
        <code className="tiny soft">{account}</code>
      </th>
      <td data-name={words.columns.state}>
        <State figure={figure} />
        {headroom !== null && headroom < 0 && <div className="tiny">{words.more(countText(-headroom))}</div>}
      </td>
      {counts.map((count, place) => (
        <td key={FIGURES[place]} data-name={words.columns[FIGURES[place] ?? 'live']} className="figures">
          {count === null ? <Nothing /> : countText(count)}
        </td>
      ))}
    </tr>
  );
}

function State({ figure: { headroom, available, refusals_24h: refused } }: { figure: Figure }) {
  if (headroom === null) return <span className="soft">{words.states.unknown}</span>;
  if (headroom < 0 || refused > 0) return <Meant kind="failed">{words.states.short}</Meant>;
  if (headroom <= available * TIGHT) return <Meant kind="ringing">{words.states.tight}</Meant>;
  return <Meant kind="connected">{words.states.enough}</Meant>;
}
