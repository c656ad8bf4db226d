import { groupedNumber, running } from '../design/format.ts';
import { Icon } from '../design/icons.tsx';
import { CopyButton, PhoneNumber } from '../design/small-parts.tsx';
import { texts } from '../design/texts/index.ts';
import type { Role } from './people.ts';
import { secondsLeft, type State } from './scene.ts';
import { routeOf, type Route } from './story.ts';
import { useScene, useTicking } from './use-scene.ts';

const { exchange: words, roles } = texts.phones;

/** Between the phones: the number that both see, and which number goes past it. */
export function Exchange() {
  const { state } = useScene();
  const route = routeOf(state);
  return (
    <section className="exchange card" aria-labelledby="exchange" data-phase={route?.phase ?? 'none'}>
      <header>
        <h2 id="exchange">{words.title}</h2>
        {state.session === null ? (
          <p className="soft">{words.none}</p>
        ) : (
          <p className="virtual">
            <PhoneNumber number={state.session.virtual_number} withCountry />
            <CopyButton text={state.session.virtual_number} what={words.copyNumber} />
          </p>
        )}
      </header>
      <Countdown />
      <Passing route={route} state={state} />
    </section>
  );
}

function Countdown() {
  const { state } = useScene();
  useTicking();
  const left = secondsLeft(state);
  if (left === null) return <p className="soft small">{words.noneText}</p>;
  return (
    <p className="small countdown">
      {left === 0 ? words.ended : words.endsIn('')}
      {left > 0 && <span className="figures strong">{running(left)}</span>}
    </p>
  );
}

/** The two numbers, in words and shape: one with a bar, one with an arrow. */
function Passing({ route, state }: { route: Route | null; state: State }) {
  if (state.session === null) return null;
  if (route === null) return <p className="soft small passing">{words.idle}</p>;
  const refusal = refusalOf(route, state);
  return (
    <div className="passing small">
      <dl>
        <div className="stops">
          <dt>
            <span className="number nowrap">{groupedNumber(route.stops)}</span>
          </dt>
          <dd>
            <Icon name="stop" size={16} />
            {words.stops}
          </dd>
        </div>
        {route.goes !== null && (
          <div className="goes">
            <dt>
              <span className="number nowrap">{groupedNumber(route.goes)}</span>
            </dt>
            <dd>
              <Icon name="right" size={16} />
              {words.goes}
            </dd>
          </div>
        )}
      </dl>
      {refusal !== null && <p className="soft">{refusal}</p>}
    </div>
  );
}

/** Why no phone has rung, as far as this page can know: what the caller was told is in his captions. Null while one may. */
function refusalOf(route: Route, state: State): string | null {
  if (route.goes !== null || route.phase !== 'ended') return null;
  return route.caller === 'stranger' || secondsLeft(state) === 0 ? words.nobody : words.told;
}

/** The line from a phone to the virtual number, drawn while it carries something. `of` is the phone at its outer end. */
export function Lane({ of, towards }: { of: Role; towards: 'right' | 'left' }) {
  const { state } = useScene();
  const route = routeOf(state);
  const part = partOf(route, of);
  return (
    <div
      className="lane"
      data-part={part}
      data-phase={route?.phase ?? 'none'}
      data-towards={towards}
      aria-hidden="true"
    >
      {route !== null && part === 'stops' && <span className="label number">{groupedNumber(route.stops)}</span>}
      {route !== null && part === 'goes' && <span className="label number">{groupedNumber(route.goes ?? '')}</span>}
      <span className="line" />
      {part !== 'none' && <span className="end">{part === 'stops' ? words.stops : words.goes}</span>}
    </div>
  );
}

function partOf(route: Route | null, of: Role): 'stops' | 'goes' | 'none' {
  if (route?.caller === of) return 'stops';
  return route?.callee === of ? 'goes' : 'none';
}

/** The same for who cannot see the drawing. */
export function RouteSentence() {
  const { state } = useScene();
  const route = routeOf(state);
  if (route === null || route.caller === null) return null;
  const callee = route.callee === null ? null : roles[route.callee];
  return (
    <p className="unseen">
      {callee === null || route.goes === null
        ? `${groupedNumber(route.stops)}: ${words.stops}. ${refusalOf(route, state) ?? ''}`
        : words.sentence(roles[route.caller], groupedNumber(route.stops), callee, groupedNumber(route.goes))}
    </p>
  );
}
