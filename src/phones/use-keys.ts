import { useLayoutEffect } from 'react';
import { useKept } from '../design/kept.ts';
import { letters } from '../design/letters.ts';
import type { Act } from './acts.ts';
import { ROLES } from './people.ts';

const FIELDS = 'input:not([type="checkbox"]), select, textarea, [data-keypad], dialog';

/** Those of what is in sight: an ordinary effect runs after the browser has painted, and on a busy machine a key comes in between. */
export function useKeys(acts: readonly Act[]): void {
  const isOn = useKept(letters) === 'on';
  useLayoutEffect(() => {
    if (!isOn) return undefined;
    const press = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || target?.closest(FIELDS) !== null) return;
      const act = acts.find(({ key }) => key === event.key);
      if (act === undefined) return;
      event.preventDefault();
      const phone = target?.closest<HTMLElement>('[data-role]')?.dataset['role'];
      act.run(ROLES.find((role) => role === phone) ?? null);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [acts, isOn]);
}
