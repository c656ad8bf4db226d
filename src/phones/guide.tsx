import { Icon } from '../design/icons.tsx';
import { Command } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import { stepsDone, stepsFor, type Step } from './guide-steps.ts';
import { useScene } from './use-scene.ts';

const { guide: words } = texts.phones;
const KEYS: Readonly<Record<Step, string>> = { create: 'N', call: 'C', answer: 'A', hangUp: 'H', text: 'M', read: 'R' };

/** Steps that tick themselves off, and one button that does the next of them. */
export function Guide({ hasRead, onRead, onAgain }: { hasRead: boolean; onRead: () => void; onAgain: () => void }) {
  const { state, deeds } = useScene();
  const done = stepsDone(state, hasRead);
  const steps = stepsFor(state);
  const next = steps[done];
  const run: Readonly<Record<Step, () => void>> = {
    create: () => void deeds.create(),
    call: () => void deeds.call(),
    answer: () => void deeds.answer(),
    hangUp: () => void deeds.hangUp(),
    text: () => void deeds.write(),
    read: onRead,
  };
  return (
    <section className="guide card" aria-labelledby="guide">
      <h2 id="guide" className="unseen">
        {words.title}
      </h2>
      <ol>
        {steps.map((step, index) => (
          <li key={step} data-state={stateOf(index, done)} {...(index === done && { 'aria-current': 'step' as const })}>
            <span className="mark" aria-hidden="true">
              {index < done ? <Icon name="check" size={14} /> : index + 1}
            </span>
            {words.steps[step]}
            {index < done && <span className="unseen">{words.done}</span>}
          </li>
        ))}
      </ol>
      <div className="next">
        <p className="small soft">
          {next === undefined ? `${words.hints.done} ` : words.hints[next]}
          {next === undefined && <a href="#with-plivo">{words.next}</a>}
        </p>
        <button
          type="button"
          className={next === undefined ? 'button' : 'button main'}
          disabled={state.account === 'asking' || state.account === null}
          onClick={next === undefined ? onAgain : run[next]}
        >
          {next === undefined ? words.actions.again : words.actions[next]}
          {next !== undefined && <kbd aria-hidden="true">{KEYS[next]}</kbd>}
        </button>
      </div>
    </section>
  );
}

/** What comes after the last step. Below what it led to, so that nothing moves that somebody looks at. */
export function WithPlivo({ hasRead }: { hasRead: boolean }) {
  const { state } = useScene();
  if (stepsDone(state, hasRead) < stepsFor(state).length) return null;
  return (
    <section className="with-plivo card" id="with-plivo" aria-labelledby="with-plivo-title">
      <h2 id="with-plivo-title">{words.next}</h2>
      <p className="small soft">{words.nextText}</p>
      <Command text={words.nextCommand} what={words.nextName} />
      <p className="small">
        <a href="./docs/sdk/">{words.nextSdk}</a>
      </p>
    </section>
  );
}

function stateOf(index: number, done: number): 'done' | 'now' | 'later' {
  if (index < done) return 'done';
  return index === done ? 'now' : 'later';
}
