import { Kept } from './kept.ts';

/** Letters alone get in the way of who speaks to the machine: they can be switched off. */
export const letters = new Kept<'on' | 'off'>('masking.letters', ['on', 'off'], 'on');
