import { isFinal, type ForwardState } from './join-reports.js';
import type { TextForward, TextMessage } from './text.entity.js';

/** What became of a text as a whole, of whichever messages it was sent on in. */
export const TEXT_STATES = [
  'waiting',
  'refused',
  'heard',
  'pending',
  'unknown',
  'unconfirmed',
  'rejected',
  'accepted',
  'sent',
  'delivered',
  'undelivered',
  'failed',
] as const;
export type TextState = (typeof TEXT_STATES)[number];

/** The worst first. Lists look for states by the same order (search-texts.ts). */
export const BAD: readonly ForwardState[] = ['failed', 'undelivered', 'rejected', 'unconfirmed', 'unknown'];

/** What of a text and its messages, in their order, says what became of it. */
export interface ToldText {
  text: Pick<TextMessage, 'decision' | 'reason'>;
  forwards: readonly Pick<TextForward, 'state' | 'reason' | 'errorCode'>[];
}

/** The worst of what any part of it came to, otherwise what the one came to that is least far. */
export function stateOfText({ text, forwards }: ToldText): {
  state: TextState;
  reason: string | null;
  errorCode: number | null;
} {
  if (text.decision === 'wait') return { state: 'waiting', reason: null, errorCode: null };
  // It was said to us, and goes no further.
  if (text.decision === 'word') return { state: 'heard', reason: text.reason, errorCode: null };
  if (text.decision === 'refuse') return { state: 'refused', reason: text.reason, errorCode: null };
  const worst = BAD.map((state) => forwards.find((forward) => forward.state === state)).find(Boolean);
  const told = worst ?? forwards.find(({ state }) => !isFinal(state)) ?? forwards[0];
  if (!told) return { state: 'pending', reason: null, errorCode: null };
  const state = told.state === 'sending' ? 'pending' : told.state;
  return { state, reason: told.reason, errorCode: told.errorCode };
}
