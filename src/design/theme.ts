import { Kept } from './kept.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const theme = new Kept<Theme>('masking.theme', THEMES, 'system');

/** Follows what is kept, now and from now on. */
export function applyTheme(): void {
  const apply = (): void => {
    const { dataset } = document.documentElement;
    if (theme.get() === 'system') delete dataset['theme'];
    else dataset['theme'] = theme.get();
  };
  apply();
  theme.listen(apply);
}
