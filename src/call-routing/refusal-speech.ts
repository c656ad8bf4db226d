import { refuseXml } from '../plivo/index.js';
import type { RefusalReason } from './call-decision.js';

const SENTENCES: Record<RefusalReason | 'trouble', string> = {
  stranger: 'Sorry, this number can only be reached from a phone that is registered for a call. Goodbye.',
  withheld: 'Sorry, this number cannot be reached while your own number is withheld. Goodbye.',
  busy: 'The line is busy with another call. Please try again later.',
  'no-other-party': 'Sorry, there is nobody to connect you with at the moment. Goodbye.',
  trouble: 'Sorry, your call cannot be connected at the moment. Please try again in a minute.',
};

/** A refusal that the caller hears, instead of a dead line. `trouble`: we could not find out, so nobody is connected. */
export function spokenRefusal(reason: RefusalReason | 'trouble'): string {
  return refuseXml({ say: { text: SENTENCES[reason], language: 'en-US' } });
}
