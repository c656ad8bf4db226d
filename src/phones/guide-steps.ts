import { ROLES } from './people.ts';
import type { State } from './scene.ts';
import { faceOf, wasConnected } from './story.ts';
import { mayText } from './text-session.ts';
import { wasTexted } from './text-story.ts';

export const STEPS = ['create', 'call', 'answer', 'hangUp', 'text', 'read'] as const;
export type Step = (typeof STEPS)[number];

/** Without texts where the session has calls only. */
export function stepsFor(state: State): readonly Step[] {
  return state.session === null || mayText(state) ? STEPS : STEPS.filter((step) => step !== 'text');
}

/** How many of the steps are done: read off what has happened, whoever did it, by mouse, key or curl. */
export function stepsDone(state: State, hasRead: boolean): number {
  const { session, call } = state;
  if (session === null) return 0;
  // What was reached before a session ended stays done; from here on nobody can be reached through it.
  if (session.status === 'expired' && (call === null || !wasConnected(call))) return 0;
  if (call === null) return 1;
  if (!wasConnected(call)) return ROLES.some((role) => faceOf(state, role).kind === 'ringing') ? 2 : 1;
  if (call.status !== 'ended') return 3;
  const texted = mayText(state) ? [wasTexted(state)] : [];
  return 4 + (texted[0] === false ? 0 : texted.length + Number(hasRead));
}
