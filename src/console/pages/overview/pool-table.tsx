import { overview } from '../../../design/texts/console/overview.ts';
import { LANGUAGE } from '../../../design/texts/language.ts';
import { hrefOf } from '../../address.ts';
import { EmptyState, Skeleton } from '../../parts/empty.tsx';
import { countText, Nothing } from '../../parts/facts.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Meant } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import type { PoolFigure } from '../../reach/answers.ts';
import { usePool } from './figures.ts';

const { pool: words } = overview;
const COUNTRIES = new Intl.DisplayNames([LANGUAGE], { type: 'region' });
/** As the alert `pool.low` has it. */
const TIGHT = 0.2;

/** How large each pool is, and how large its live sessions want it to be. */
export function PoolTable() {
  const { body, error, again } = usePool();
  return (
    <Section
      title={words.title}
      level={2}
      end={
        <a className="small" href={hrefOf({ page: 'numbers' })}>
          {words.all}
        </a>
      }
    >
      {error !== null && <Failure error={error} what={words.title} onAgain={again} />}
      {body === undefined && error === null && <Skeleton lines={4} />}
      {body?.items.length === 0 && <EmptyState what={words.empty} why={words.emptyWhy} />}
      {body !== undefined && body.items.length > 0 && (
        <>
          <div className="scrolls" tabIndex={0} role="region" aria-label={words.title}>
            <table className="plain small stacks">
              <thead>
                <tr>
                  <th scope="col">{words.country}</th>
                  <th scope="col">{words.state}</th>
                  <th scope="col" className="figures">
                    {words.numbers}
                  </th>
                  <th scope="col" className="figures">
                    {words.needed}
                  </th>
                  <th scope="col" className="figures">
                    {words.live}
                  </th>
                  <th scope="col" className="figures">
                    {words.refused}
                  </th>
                </tr>
              </thead>
              <tbody>
                {body.items.map((figure) => (
                  <PoolRow key={`${figure.account} ${figure.subaccount ?? ''} ${figure.country}`} figure={figure} />
                ))}
              </tbody>
            </table>
          </div>
          <p className="tiny soft">{words.explain}</p>
        </>
      )}
    </Section>
  );
}

function PoolRow({ figure }: { figure: PoolFigure }) {
  const { country, subaccount, available, numbers_needed: needed, live_sessions: live, refusals_24h: refused } = figure;
  return (
    <tr>
      <th scope="row">
        {country === '' ? '–' : (COUNTRIES.of(country) ?? country)}
        {subaccount !== null && <span className="soft tiny"> {subaccount}</span>}
      </th>
      <td data-name={words.state}>
        <PoolState figure={figure} />
      </td>
      <td data-name={words.numbers} className="figures">
        {countText(available)}
      </td>
      <td data-name={words.needed} className="figures">
        {needed === null ? <Nothing /> : countText(needed)}
      </td>
      <td data-name={words.live} className="figures">
        {live === null ? <Nothing /> : countText(live)}
      </td>
      <td data-name={words.refused} className="figures">
        {countText(refused)}
      </td>
    </tr>
  );
}

function PoolState({ figure: { headroom, available, refusals_24h: refused } }: { figure: PoolFigure }) {
  if (headroom === null) return <span className="soft">{words.unknown}</span>;
  if (headroom < 0 || refused > 0) return <Meant kind="failed">{words.short}</Meant>;
  if (headroom <= available * TIGHT) return <Meant kind="ringing">{words.tight}</Meant>;
  return <Meant kind="connected">{words.enough}</Meant>;
}
