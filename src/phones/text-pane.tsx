import { useEffect, useRef, useState, type FormEvent } from 'react';
import { groupedNumber } from '../design/format.ts';
import { Icon } from '../design/icons.tsx';
import { texts } from '../design/texts/index.ts';
import type { TextOutcome } from './answers.ts';
import type { Role } from './people.ts';
import { mayText } from './text-session.ts';
import { bubblesOf, type Bubble } from './text-story.ts';
import { useScene } from './use-scene.ts';
import './text-pane.css';

const { message: words, inSentence } = texts.phones;
const OUTCOMES = Object.keys(words.outcomes) as TextOutcome[];
const LONGEST = 1000;

/** The messages of one phone: what was written on it and what arrived, from whom it seems to be, and a line to write. */
export function TextPane({ role }: { role: Role }) {
  const { state, deeds } = useScene();
  const [typed, setTyped] = useState('');
  const [hasPicture, setHasPicture] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const bubbles = bubblesOf(state, role);
  const newest = bubbles.at(-1);
  useEffect(() => {
    // What came last is in sight, with what became of it.
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [newest?.id, newest?.tick?.words]);
  if (!mayText(state)) return null;
  const whose = inSentence[role];
  const write = (event: FormEvent): void => {
    event.preventDefault();
    if (typed.trim() === '' && !hasPicture) return;
    void deeds.write(role, typed, hasPicture ? ['jpg'] : []);
    setTyped('');
    setHasPicture(false);
  };
  return (
    <div className="texts small">
      <div ref={list} className="bubbles" role="log" aria-label={words.log(whose)} tabIndex={0}>
        {bubbles.length === 0 && <p className="soft tiny">{words.empty}</p>}
        {bubbles.map((one) => (
          <OneBubble key={one.id} bubble={one} />
        ))}
      </div>
      <form onSubmit={write}>
        <input
          type="text"
          autoComplete="off"
          maxLength={LONGEST}
          aria-label={words.field(whose)}
          placeholder={words.placeholder}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <button type="submit" className="button">
          {words.send}
          <span className="unseen">{words.sendMore(whose)}</span>
        </button>
      </form>
      <label className="check tiny">
        <input type="checkbox" checked={hasPicture} onChange={({ target }) => setHasPicture(target.checked)} />
        {words.withPicture}
        <span className="unseen">{words.sendMore(whose)}</span>
      </label>
      <WhenOneComes role={role} />
    </div>
  );
}

function WhenOneComes({ role }: { role: Role }) {
  const { state, deeds } = useScene();
  return (
    <label className="behaves tiny">
      {words.outcome}
      <select
        value={state.phones[role]?.text_outcome ?? 'delivered'}
        onChange={({ target }) => void deeds.texted(role, target.value as TextOutcome)}
      >
        {OUTCOMES.map((outcome) => (
          <option key={outcome} value={outcome}>
            {words.outcomes[outcome]}
          </option>
        ))}
      </select>
    </label>
  );
}

function OneBubble({ bubble: { isOwn, from, text, pictures, tick } }: { bubble: Bubble }) {
  return (
    <div className="bubble" data-own={isOwn}>
      {!isOwn && <p className="tiny number sender">{groupedNumber(from)}</p>}
      {pictures > 0 && <p className="tiny soft pictures">{words.pictures(pictures)}</p>}
      {text !== '' && <p className="said">{text}</p>}
      {tick !== null && (
        <p className="tiny tick" data-tick={tick.kind}>
          {tick.kind === 'failed' ? (
            <Icon name="close" size={12} />
          ) : tick.kind === 'waiting' ? null : (
            <>
              <Icon name="check" size={12} />
              {tick.kind === 'delivered' && <Icon name="check" size={12} />}
            </>
          )}
          {tick.words}
        </p>
      )}
    </div>
  );
}
