import { overview } from '../../../design/texts/console/overview.ts';
import { hrefOf } from '../../address.ts';
import { useZone } from '../../parts/clock.ts';
import { Skeleton } from '../../parts/empty.tsx';
import { countText } from '../../parts/facts.tsx';
import { Failure, isToBeTold } from '../../parts/failure.tsx';
import { OutcomeWord, whyOf } from '../../parts/outcome.tsx';
import { Section } from '../../parts/page.tsx';
import type { FoundCall, Outcome } from '../../reach/answers.ts';
import { useOutcomes, useTodaysCalls } from './figures.ts';

const { outcomes: words } = overview;
/** In the order in which the charts stack them. */
export const OUTCOMES: readonly Outcome[] = [
  'connected',
  'no-answer',
  'busy',
  'declined',
  'abandoned',
  'refused',
  'failed',
];

/** What became of today's calls, and mostly why. */
export function TodaysOutcomes() {
  const zone = useZone();
  // As many as there are outcomes, always in the same order.
  const found = OUTCOMES.map((outcome) => ({ outcome, ...useTodaysCalls(outcome, zone) }));
  const counted = useOutcomes(zone);
  const failed = [counted, ...found].find(({ error, body }) => isToBeTold(error, body));
  const isThere = counted.body !== undefined && found.every(({ body }) => body !== undefined);
  const countOf = (outcome: Outcome): number =>
    (counted.body?.items ?? []).reduce((all, { outcomes }) => all + outcomes[outcome], 0);
  const shown = found.filter(({ outcome }) => countOf(outcome) > 0);
  return (
    <Section
      title={words.title}
      level={2}
      end={
        <a className="small" href={hrefOf({ page: 'calls', filters: { when: 'today' } })}>
          {words.all}
        </a>
      }
    >
      {failed !== undefined && <Failure error={failed.error} what={words.title} onAgain={failed.again} />}
      {!isThere && failed === undefined && <Skeleton lines={7} />}
      {isThere && shown.length === 0 && <p className="soft small">{words.none}</p>}
      {isThere && shown.length > 0 && (
        <table className="plain small outcomes">
          <thead>
            <tr>
              <th scope="col">{words.outcome}</th>
              <th scope="col" className="figures">
                {words.count}
              </th>
              <th scope="col">{words.why}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ outcome, body }) => (
              <tr key={outcome}>
                <th scope="row">
                  <a href={hrefOf({ page: 'calls', filters: { when: 'today', outcome } })}>
                    <OutcomeWord outcome={outcome} />
                  </a>
                </th>
                <td className="figures">{countText(countOf(outcome))}</td>
                <td className="soft">{outcome === 'connected' ? '' : commonest(body?.items ?? [])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

/** The reason that most of these calls give. */
function commonest(calls: readonly FoundCall[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of calls) counts.set(whyOf(reason), (counts.get(whyOf(reason)) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? '';
}
