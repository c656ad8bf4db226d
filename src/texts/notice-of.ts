import type { NoticeKind } from '../accounts/index.js';
import type { TextDecision, TextFacts, TextRefusal } from './text-decision.js';

/** Of machines, and of what costs too much already, nobody is told. */
const OF_REFUSALS: Readonly<Partial<Record<TextRefusal, NoticeKind>>> = {
  stranger: 'stranger',
  expired: 'expired',
  'not-enabled': 'not-enabled',
  'no-other-party': 'not-enabled',
  late: 'failed',
  unheard: 'failed',
  'too-long': 'failed',
  destination: 'failed',
  'media-dropped': 'media-dropped',
  'recipient-opted-out': 'recipient-opted-out',
};

/** What its sender is told of a text; null for nothing. */
export function noticeOf(
  decision: TextDecision,
  { understood, mediaCount, media }: Pick<TextFacts, 'understood' | 'mediaCount' | 'media'>,
): NoticeKind | null {
  if (decision.decision === 'refuse') return OF_REFUSALS[decision.reason] ?? null;
  if (decision.decision !== 'forward') return null;
  // Plivo answers what it has understood by itself.
  if (understood?.word === 'help' && understood.source === 'word') return 'help';
  return mediaCount > media.length ? 'media-dropped' : null;
}
