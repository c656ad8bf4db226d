import { Chip, type Meaning } from '../../../design/small-parts.tsx';
import { system as words } from '../../../design/texts/console/system.ts';
import { PageSection } from '../../parts/page-section.tsx';
import type { AnswerAt } from '../../reach/answers.ts';
import './system.css';

/** What a check of `masking doctor` tells. */
type Check = AnswerAt<'/system'>['checks'][number];

const MEANS: Readonly<Record<Check['verdict'], Meaning>> = {
  ok: 'connected',
  warning: 'ringing',
  failed: 'failed',
  skipped: 'ended',
};
const WORST_FIRST: readonly Check['verdict'][] = ['failed', 'warning', 'skipped', 'ok'];

/** What is wrong stands first, with what to do; what is well is there all the same. */
export function Checks({ checks, onAgain }: { checks: readonly Check[]; onAgain: () => void }) {
  const wrong = checks.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning').length;
  const sorted = [...checks].sort(
    (one, other) => WORST_FIRST.indexOf(one.verdict) - WORST_FIRST.indexOf(other.verdict),
  );
  return (
    <PageSection
      title={words.checks}
      end={
        <span className="checks-end">
          <Chip kind={wrong === 0 ? 'connected' : 'failed'}>{wrong === 0 ? words.allWell : words.found(wrong)}</Chip>
          <button type="button" className="button" onClick={onAgain}>
            {words.lookAgain}
          </button>
        </span>
      }
    >
      <p className="soft small">{words.checksLead}</p>
      <ul className="checks">
        {sorted.map(({ name, verdict, found, reason, remedy }, place) => (
          <li key={`${name} ${place}`}>
            <span className="verdict">
              <Chip kind={MEANS[verdict]}>{words.states[verdict]}</Chip>
            </span>
            <div className="small">
              <p>
                <code className="soft">{name}</code> {found}
              </p>
              {reason !== null && <p className="soft">{reason}</p>}
              {remedy !== null && (
                <p>
                  <strong>{words.remedy}</strong> {remedy}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </PageSection>
  );
}
