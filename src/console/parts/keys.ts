import { useLayoutEffect, useRef } from 'react';
import { useKept } from '../../design/kept.ts';
import { letters } from '../../design/letters.ts';

const FIELDS = 'input:not([type="checkbox"]), select, textarea, audio';
/** These do something in a field too, or are no letters: they stay when letters are switched off. */
const ALWAYS = new Set(['Escape', 'Enter']);

function isForOthers(target: EventTarget | null): boolean {
  // A button of a dialog that is disabled while it works has lost the focus: then the key comes from the body.
  if (document.querySelector('dialog[open]') !== null) return true;
  return !(target instanceof Element) || target.closest(FIELDS) !== null;
}

/** By key, as the browser names it. A handler that returns false has left the key to others. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => boolean | void>>;

/**
 * Keys that work wherever the focus is, save in fields and dialogs. They are those of what is in sight: an ordinary effect runs after the browser has painted, and on a
 * busy machine a key comes in between.
 */
export function useKeys(keys: Keys): void {
  const areLettersOn = useKept(letters) === 'on';
  const latest = useRef(keys);
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!areLettersOn && !ALWAYS.has(event.key)) return;
      if (isForOthers(event.target)) return;
      const act = latest.current[event.key];
      if (act !== undefined && act(event) !== false) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [areLettersOn]);
}
