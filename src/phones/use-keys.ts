import { useEffect } from 'react';
import { Kept, useKept } from '../design/kept.ts';
import type { Act } from './acts.ts';
import { ROLES } from './people.ts';

/** Letters alone get in the way of who speaks to the machine: they can be switched off. */
export const letters = new Kept<'on' | 'off'>('masking.letters', ['on', 'off'], 'on');

const FIELDS = 'input:not([type="checkbox"]), select, textarea, [data-keypad], dialog';

export function useKeys(acts: readonly Act[]): void {
  const isOn = useKept(letters) === 'on';
  useEffect(() => {
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
