import { useRef, useState } from 'react';
import { Chip, type Meaning } from '../../../design/small-parts.tsx';
import { system as words } from '../../../design/texts/console/system.ts';
import { Ago } from '../../parts/facts.tsx';
import { PageSection } from '../../parts/page-section.tsx';
import type { AnswerAt } from '../../reach/answers.ts';
import './system.css';

/** What is known of a check of `masking doctor`. */
type Check = AnswerAt<'/system'>['checks'][number];
type State = NonNullable<Check['verdict']> | 'running';

const MEANS: Readonly<Record<State, Meaning>> = {
  ok: 'connected',
  warning: 'ringing',
  failed: 'failed',
  skipped: 'ended',
  running: 'accent',
};
const ORDER: readonly State[] = ['failed', 'warning', 'skipped', 'ok', 'running'];

const stateOf = ({ verdict }: Check): State => verdict ?? 'running';
const isWrong = ({ verdict }: Check): boolean => verdict === 'failed' || verdict === 'warning';

/**
 * What is wrong stands first, with what to do; what is well is there all the same. The order is that of when somebody came: what is found later stays where it is
 * awaited, at the end, so that nothing moves that is being read.
 */
export function Checks({ checks, onAgain }: { checks: readonly Check[]; onAgain: () => void }) {
  const list = useRef<HTMLUListElement>(null);
  const [order] = useState(() =>
    checks
      .toSorted((one, other) => ORDER.indexOf(stateOf(one)) - ORDER.indexOf(stateOf(other)))
      .map(({ name }) => name),
  );
  const sorted = checks.toSorted((one, other) => order.indexOf(one.name) - order.indexOf(other.name));
  const goTo = (name: string): void => {
    const row = list.current?.querySelector<HTMLElement>(`[data-check="${name}"]`);
    row?.scrollIntoView({ block: 'center' });
    row?.focus({ preventScroll: true });
  };
  return (
    <PageSection
      title={words.checks}
      end={
        <button type="button" className="button" onClick={onAgain}>
          {words.lookAgain}
        </button>
      }
    >
      <Summary checks={sorted} onGoTo={goTo} />
      <p className="soft small">{words.checksLead}</p>
      <ul className="checks" ref={list}>
        {sorted.map((check, place) => (
          <CheckRow key={`${check.name} ${place}`} check={check} />
        ))}
      </ul>
    </PageSection>
  );
}

/** As high as it will ever be. How many are to come is not read out: it changes all the time. */
function Summary({ checks, onGoTo }: { checks: readonly Check[]; onGoTo: (name: string) => void }) {
  const toCome = checks.filter(({ is_running: isRunning }) => isRunning).length;
  const wrong = checks.filter(isWrong);
  const isBroken = wrong.some(({ verdict }) => verdict === 'failed');
  const names = [...new Set(wrong.map(({ name }) => name))];
  return (
    <div className="checks-summary">
      <span role="status">
        {wrong.length > 0 && <Chip kind={isBroken ? 'failed' : 'ringing'}>{words.found(wrong.length)}</Chip>}
        {wrong.length === 0 && toCome === 0 && <Chip kind="connected">{words.allWell}</Chip>}
        {names.map((name) => (
          <button
            key={name}
            type="button"
            className="button quiet"
            aria-label={words.goTo(name)}
            onClick={() => onGoTo(name)}
          >
            <code>{name}</code>
          </button>
        ))}
      </span>
      {toCome > 0 && <Chip kind="accent">{words.toCome(toCome)}</Chip>}
    </div>
  );
}

function CheckRow({ check }: { check: Check }) {
  const { name, found, reason, remedy, as_of: at, is_running: isRunning } = check;
  const state = stateOf(check);
  return (
    <li data-check={name} data-state={state} tabIndex={-1}>
      <span className="verdict">
        <Chip kind={MEANS[state]}>{words.states[state]}</Chip>
      </span>
      <code className="name small soft">{name}</code>
      <div className="found small">
        {state === 'running' && <p className="soft">{words.notYet}</p>}
        {/* Of what was not looked at only why is worth a line. */}
        {found !== null && state !== 'skipped' && <p>{found}</p>}
        {reason !== null && <p className="soft">{reason}</p>}
        {remedy !== null && (
          <p>
            <strong>{words.remedy}</strong> {remedy}
          </p>
        )}
      </div>
      <span className="when tiny soft">{at !== null && (isRunning ? words.lookingAgain : <Ago at={at} />)}</span>
    </li>
  );
}
