import type { CallSettings } from '../../accounts/index.js';
import { refuseXml } from '../../plivo/index.js';
import type { RefusalReason } from '../decision-words.js';

const SENTENCES: Record<RefusalReason | 'trouble', string> = {
  // A sentence is an answered and billed minute: rejected unanswered, robots and wrong numbers cost nothing, nor does a call at a cap.
  stranger: '',
  withheld: '',
  'spend-cap': '',
  'daily-cap': '',
  unreadable:
    'Sorry, this number can only be reached from a phone that shows its number in international form. Goodbye.',
  locked: 'Sorry, too many wrong codes were entered. Please try again in an hour. Goodbye.',
  wait: 'Sorry, many wrong codes were entered on this number. Please try again in a minute. Goodbye.',
  'wrong-pin': 'Sorry, that code is not right. Goodbye.',
  busy: 'The line is busy with another call. Please try again later.',
  'no-other-party': 'Sorry, there is nobody to connect you with at the moment. Goodbye.',
  destination: 'Sorry, the other party cannot be called from here. Goodbye.',
  expired: 'Sorry, this connection has ended. Goodbye.',
  trouble: 'Sorry, your call cannot be connected at the moment. Please try again in a minute.',
};

/** Where we would say nothing and the leg is answered already, as after a PIN: it is billed, and silence would only puzzle. */
const ALREADY_ANSWERED = 'Sorry, your call cannot be connected today. Goodbye.';

/**
 * A refusal that the caller hears, instead of a dead line; in the account's own words and language where it has them, and a rejection without a word
 * where its text, or ours, is empty. `trouble`: we could not find out, so nobody is connected.
 */
export function spokenRefusal(
  reason: RefusalReason | 'trouble',
  settings?: Pick<CallSettings, 'language' | 'refusals'>,
  isAnswered = false,
): string {
  const text = chosenText(reason, settings?.refusals) ?? builtInText(reason, isAnswered);
  if (text === '') return refuseXml({ reason: reason === 'busy' ? 'busy' : 'rejected' });
  return refuseXml({ say: { text, language: settings?.language ?? 'en-US' } });
}

/**
 * What an account says to strangers, or its own silence, is for every caller that is nobody's number. Our silence is not: who calls with a number in the
 * wrong form may be a party, and only the sentence tells what is wrong.
 */
function chosenText(reason: RefusalReason | 'trouble', own: CallSettings['refusals'] = {}): string | undefined {
  return own[reason] ?? (reason === 'unreadable' ? own.stranger : undefined);
}

function builtInText(reason: RefusalReason | 'trouble', isAnswered: boolean): string {
  return SENTENCES[reason] === '' && isAnswered ? ALREADY_ANSWERED : SENTENCES[reason];
}
