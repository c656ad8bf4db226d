import type { CallSettings } from '../accounts/index.js';
import type { MessageWebhook } from '../plivo/index.js';
import { isAmbiguous, optWordOf, type OptWord } from '../telephony/opt-words.js';

/** A text that is, or may be, said to us instead of to the other person. */
export interface Understood {
  word: OptWord;
  /** `plivo`: it has understood so, and answered and blocked by itself. */
  source: 'plivo' | 'word';
  /** Whether the other person is to read it all the same. */
  isForOther: boolean;
}

const INTENTS = { optout: 'stop', optin: 'start', help: 'help' } as const;

/** Null for what is said to the other person alone. What Plivo has understood ranks above our words: a campaign may have its own. */
export function understoodText(
  text: string | null,
  intent: MessageWebhook['intent'],
  languages: readonly string[],
): Understood | null {
  if (text === null) return null;
  const word = intent === null ? optWordOf(text, languages) : INTENTS[intent];
  if (word === null) return null;
  // A cry for help must not be swallowed.
  const isForOther = word === 'help' || isAmbiguous(text);
  return { word, source: intent === null ? 'word' : 'plivo', isForOther };
}

/** Whether a text is a word to us alone, by which who wrote it wants no texts any more, or wants them again. */
export function isWishAlone(
  { text, intent }: Pick<MessageWebhook, 'text' | 'intent'>,
  settings: Pick<CallSettings, 'language' | 'text_languages'>,
): boolean {
  const understood = understoodText(text, intent, languagesOf(settings));
  return understood !== null && !understood.isForOther && understood.word !== 'help';
}

export function languagesOf({ language, text_languages: others }: Pick<CallSettings, 'language' | 'text_languages'>) {
  return [language.split('-')[0] ?? '', ...others];
}
