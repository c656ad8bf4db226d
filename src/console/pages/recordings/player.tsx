import { useRef, useState } from 'react';
import { recordings } from '../../../design/texts/console/recordings.ts';
import { useKeys } from '../../parts/keys.ts';
import { mayDo, useMe } from '../../reach/me.ts';

const { detail: words } = recordings;
const SPEEDS = [1, 1.5, 2];
const STEP_SECONDS = 10;

/** Plays a recording through the login's cookie. Nothing is loaded before somebody plays: the audit says who has listened, not who has looked. */
export function Player({ id }: { id: string }) {
  const me = useMe();
  const sound = useRef<HTMLAudioElement>(null);
  const [speed, setSpeed] = useState(1);
  const [hasFailed, setHasFailed] = useState(false);
  const step = (seconds: number): boolean => {
    if (sound.current === null) return false;
    sound.current.currentTime += seconds;
    return true;
  };
  const toggle = (): boolean => {
    const { current } = sound;
    if (current === null) return false;
    // A refusal to play shows as an error of the element.
    if (current.paused) current.play().catch(() => undefined);
    else current.pause();
    return true;
  };
  useKeys({ ArrowLeft: () => step(-STEP_SECONDS), ArrowRight: () => step(STEP_SECONDS), p: toggle });

  if (!mayDo(me, ['support'])) return <p className="small soft">{words.notYours}</p>;

  const play = (at: number): void => {
    setSpeed(at);
    if (sound.current !== null) sound.current.playbackRate = at;
  };
  return (
    <div className="player">
      <audio
        ref={sound}
        controls
        preload="none"
        src={`./admin/recordings/${encodeURIComponent(id)}/sound`}
        aria-label={words.listen}
        onPlay={({ currentTarget }) => {
          currentTarget.playbackRate = speed;
          setHasFailed(false);
        }}
        onError={() => setHasFailed(true)}
      />
      <Controls speed={speed} onStep={step} onSpeed={play} />
      {hasFailed && (
        <p className="small wrong" role="alert">
          {words.failed}
        </p>
      )}
      <p className="tiny soft">
        {words.audited} {words.keys}
      </p>
    </div>
  );
}

function Controls({
  speed,
  onStep,
  onSpeed,
}: {
  speed: number;
  onStep: (seconds: number) => void;
  onSpeed: (speed: number) => void;
}) {
  return (
    <div className="controls">
      <button type="button" className="button" onClick={() => onStep(-STEP_SECONDS)}>
        {words.back}
      </button>
      <button type="button" className="button" onClick={() => onStep(STEP_SECONDS)}>
        {words.ahead}
      </button>
      <span className="speeds" role="group" aria-label={words.speed}>
        {SPEEDS.map((one) => (
          <button
            key={one}
            type="button"
            className="button"
            aria-pressed={one === speed}
            aria-label={`${words.speed} ${words.times(String(one))}`}
            onClick={() => onSpeed(one)}
          >
            {words.times(String(one))}
          </button>
        ))}
      </span>
    </div>
  );
}
