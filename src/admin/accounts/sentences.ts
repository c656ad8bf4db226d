import { isRefusalText } from '../../accounts/index.js';

/** One of a settings member that is an object of sentences; null: the built-in one. */
export const SENTENCE = { anyOf: [{ type: 'string', maxLength: 300 }, { type: 'null' }] };

/** What is wrong with such an object; null where nothing is. Names no member that is not ours: it could be anything. */
export function complaintAbout(property: string, members: readonly string[], sentences: unknown): string | null {
  if (typeof sentences !== 'object' || sentences === null || Array.isArray(sentences))
    return `${property} must be an object of sentences`;
  const entries = Object.entries(sentences);
  if (entries.some(([member]) => !members.includes(member)))
    return `${property} has only the members ${members.join(', ')}`;
  const [member] = entries.find(([, sentence]) => sentence !== null && !isRefusalText(sentence)) ?? [];
  return member === undefined
    ? null
    : `${property}.${member} must be null, empty, or one line of at most 300 characters without " < and >`;
}
