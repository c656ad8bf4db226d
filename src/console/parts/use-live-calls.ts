import type { AnswerAt } from '../reach/answers.ts';
import { useOne, type One } from './use-one.ts';

/** How many sessions have a call that goes on. */
export function useLiveCalls(isAsked = true): One<AnswerAt<'/sessions/count'>> {
  return useOne('/sessions/count', { status: 'in-progress' }, ['call', 'session'], isAsked);
}
