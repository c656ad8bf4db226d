import { useLayoutEffect, useState } from 'react';
import { countryOf, groupedNumber, running } from '../design/format.ts';
import { Icon } from '../design/icons.tsx';
import { PhoneNumber } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import type { Behaviour, Caption, PhoneView } from './answers.ts';
import { Keypad } from './keypad.tsx';
import { WITHHELD, type Role } from './people.ts';
import { nowOf, type State } from './scene.ts';
import { callerOf, faceOf, type Face } from './story.ts';
import { TextPane } from './text-pane.tsx';
import { useScene, useTicking } from './use-scene.ts';

const { phone: words, roles, inSentence } = texts.phones;
const SHOWN_CAPTIONS = 2;
const BEHAVIOURS = Object.keys(words.behaviours) as Behaviour[];

/** One person's phone: what it shows, what is heard on it, and what can be done with it. */
export function Phone({ role }: { role: Role }) {
  const { state } = useScene();
  const [isWithheld, setWithheld] = useState(false);
  const [isKeypadOpen, setKeypadOpen] = useState(false);
  const face = faceOf(state, role);
  const needsKeys = face.kind === 'pin';
  useLayoutEffect(() => {
    // It stays open afterwards: the focus is in it.
    if (needsKeys) setKeypadOpen(true);
  }, [needsKeys]);
  return (
    <section className="phone card" data-role={role} data-face={face.kind} aria-labelledby={`phone-${role}`}>
      <header>
        <h2 id={`phone-${role}`}>{roles[role]}</h2>
        <p className="soft tiny">{countryOf(state.people[role])}</p>
        <p className="own">
          <PhoneNumber number={state.people[role]} />
        </p>
      </header>
      <div className="screen">
        <Screen face={face} role={role} state={state} />
      </div>
      <Captions role={role} heard={heardBy(state, role)} />
      <Buttons role={role} face={face} isWithheld={isWithheld} />
      <div className="extras tiny">
        <button
          type="button"
          className="button quiet"
          aria-expanded={isKeypadOpen}
          onClick={() => setKeypadOpen(!isKeypadOpen)}
        >
          <Icon name="keypad" size={14} />
          {words.keypad}
        </button>
        <label className="check">
          <input type="checkbox" checked={isWithheld} onChange={({ target }) => setWithheld(target.checked)} />
          {words.withhold}
        </label>
      </div>
      {isKeypadOpen && <Keypad role={role} isAsked={needsKeys} />}
      <Behaves role={role} />
      <TextPane role={role} />
    </section>
  );
}

function Screen({ face, role, state }: { face: Face; role: Role; state: State }) {
  switch (face.kind) {
    case 'idle':
      return <p className="soft small">{words.idle}</p>;
    case 'calling':
      return (
        <>
          <p className="small">{words.calls('')}</p>
          <p className="big number">{groupedNumber(face.to)}</p>
          <p className="soft small">
            {face.status === 'routing'
              ? words.routing
              : face.status === 'ringing'
                ? words.hearsRinging
                : words.answered}
          </p>
        </>
      );
    case 'pin':
      return (
        <>
          <p className="small">{words.typePin}</p>
          <p className="big dots" aria-label={words.typed(face.typed)}>
            {'●'.repeat(face.typed)}
            <span className="soft">{'○'.repeat(Math.max(0, 4 - face.typed))}</span>
          </p>
          <p className="soft small">{words.typed(face.typed)}</p>
        </>
      );
    case 'ringing':
      return (
        <>
          <p className="big number shown">{groupedNumber(face.shown)}</p>
          <p className="small">
            <span className="pulse" aria-hidden="true" />
            {words.incoming}
          </p>
          <NeverSent role={role} state={state} />
        </>
      );
    case 'talking':
      return (
        <>
          <p className="small">
            {words.talks} <TalkingTime since={face.since} state={state} />
          </p>
          <p className="big number">{groupedNumber(face.through)}</p>
          <NeverSent role={role} state={state} />
        </>
      );
    case 'ended':
      return (
        <>
          <p className="small">{words.ended}</p>
          <p className="soft small">{face.why}</p>
        </>
      );
  }
}

/** The whole point, said at the phone that might have learnt it. */
function NeverSent({ role, state }: { role: Role; state: State }) {
  const caller = callerOf(state);
  const other = caller === role ? (role === 'first' ? 'second' : 'first') : caller;
  if (other === null) return null;
  return (
    <p className="never tiny">
      <Icon name="lock" size={14} />
      {words.neverSent(inSentence[other])}
    </p>
  );
}

function TalkingTime({ since, state }: { since: string; state: State }) {
  useTicking();
  const now = nowOf(state) ?? Date.parse(since);
  return <span className="figures">{running((now - Date.parse(since)) / 1000)}</span>;
}

function heardBy(state: State, role: Role): readonly Caption[] {
  const own: PhoneView | null = state.phones[role];
  const hidden = callerOf(state) === role && state.call?.from === WITHHELD ? state.withheld : null;
  const uuid = state.call?.call_uuid;
  return (hidden ?? own)?.captions.filter(({ call_uuid: call }) => call === uuid) ?? [];
}

function Captions({ role, heard }: { role: Role; heard: readonly Caption[] }) {
  const shown = heard.slice(-SHOWN_CAPTIONS);
  return (
    <div className="captions small" role="log" aria-label={words.captions(inSentence[role])}>
      {shown.length === 0 && <p className="soft tiny">{words.hearsNothing}</p>}
      {shown.map(({ at, kind, text }) => (
        <p key={at + text}>{kind === 'speak' ? words.speaks(text) : words.plays(text.split('/').at(-1) ?? text)}</p>
      ))}
    </div>
  );
}

function Buttons({ role, face, isWithheld }: { role: Role; face: Face; isWithheld: boolean }) {
  const { deeds, state } = useScene();
  const whose = inSentence[role];
  if (face.kind === 'ringing')
    return (
      <div className="buttons">
        <button type="button" className="button yes" onClick={() => void deeds.answer(role)}>
          <Icon name="phone" size={16} />
          {words.answer}
          <span className="unseen">{words.onPhone(whose)}</span>
          <kbd aria-hidden="true">A</kbd>
        </button>
        <button type="button" className="button no" onClick={() => void deeds.decline(role)}>
          {words.decline}
          <span className="unseen">{words.onPhone(whose)}</span>
          <kbd aria-hidden="true">D</kbd>
        </button>
      </div>
    );
  if (face.kind === 'idle' || face.kind === 'ended')
    return (
      <div className="buttons">
        <button
          type="button"
          className="button"
          disabled={state.session === null}
          title={state.session === null ? words.needsSession : undefined}
          onClick={() => void deeds.call(role, isWithheld)}
        >
          <Icon name="phone" size={16} />
          {words.call}
          <span className="unseen">{words.callMore(whose)}</span>
          <kbd aria-hidden="true">C</kbd>
        </button>
      </div>
    );
  return (
    <div className="buttons">
      <button type="button" className="button no" onClick={() => void deeds.hangUp(role)}>
        <Icon name="hangUp" size={16} />
        {words.hangUp}
        <span className="unseen">{words.onPhone(whose)}</span>
        <kbd aria-hidden="true">H</kbd>
      </button>
    </div>
  );
}

function Behaves({ role }: { role: Role }) {
  const { deeds, state } = useScene();
  return (
    <label className="behaves tiny">
      {words.behaviour}
      <select
        value={state.phones[role]?.behaviour ?? 'manual'}
        onChange={({ target }) => void deeds.behave(role, target.value as Behaviour)}
      >
        {BEHAVIOURS.map((behaviour) => (
          <option key={behaviour} value={behaviour}>
            {words.behaviours[behaviour]}
          </option>
        ))}
      </select>
    </label>
  );
}
