import { people as words } from '../../../design/texts/console/people.ts';
import { countText } from '../../parts/facts.tsx';

export const KINDS = ['sessions', 'calls', 'recordings', 'callbacks', 'texts'] as const;
type Kind = (typeof KINDS)[number];
export type Counts = Readonly<Record<Kind, number>>;

/** `14 sessions, 31 calls and 6 recordings`; what there is none of is not named. */
export function inWords(counts: Partial<Counts>): string {
  const named = KINDS.flatMap((kind) => {
    const count = counts[kind] ?? 0;
    const [one, many] = words.inWords[kind];
    return count === 0 ? [] : [`${countText(count)} ${count === 1 ? one : many}`];
  });
  const last = named.pop();
  if (last === undefined) return words.nothing;
  return named.length === 0 ? last : named.join(', ') + words.and + last;
}
