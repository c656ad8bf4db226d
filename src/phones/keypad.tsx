import { useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import { texts } from '../design/texts/index.ts';
import type { Role } from './people.ts';
import { keyTone } from './sound.ts';
import { useScene } from './use-scene.ts';

const KEYS = [...'123456789*0#'];

/** Twelve keys, by mouse or typed while the focus is among them. `isAsked`: a prompt waits for them. */
export function Keypad({ role, isAsked }: { role: Role; isAsked: boolean }) {
  const { deeds } = useScene();
  const first = useRef<HTMLButtonElement>(null);
  // Before it is painted: who sees the prompt types, and digits have another meaning outside.
  useLayoutEffect(() => {
    if (isAsked) first.current?.focus();
  }, [isAsked]);
  const press = (key: string): void => {
    keyTone(key);
    void deeds.press(role, key);
  };
  const type = (event: KeyboardEvent): void => {
    if (!KEYS.includes(event.key) || event.repeat) return;
    event.preventDefault();
    press(event.key);
  };
  return (
    <div
      className="keypad"
      role="group"
      data-keypad
      aria-label={texts.phones.phone.keypadLabel(texts.phones.inSentence[role])}
      onKeyDown={type}
    >
      {KEYS.map((key, index) => (
        <button key={key} ref={index === 0 ? first : null} type="button" className="button" onClick={() => press(key)}>
          {key}
        </button>
      ))}
    </div>
  );
}
