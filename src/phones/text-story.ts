import { texts } from '../design/texts/index.ts';
import type { SessionText, TextView } from './answers.ts';
import type { Role } from './people.ts';
import type { State } from './scene.ts';
import { startOf } from './text-session.ts';

const { message: words } = texts.phones;
const SHOWN_MESSAGES = 4;

/** One bubble at a phone: what its owner wrote, or what arrived and from whom as the owner sees it. */
export interface Bubble {
  id: string;
  at: string;
  isOwn: boolean;
  from: string;
  text: string;
  /** With how many it was written, or has arrived. */
  pictures: number;
  tick: Tick | null;
}

interface Tick {
  kind: 'sent' | 'delivered' | 'failed' | 'waiting';
  words: string;
}

export function bubblesOf(state: State, role: Role): readonly Bubble[] {
  const { session, phones, people, texts: carried } = state;
  if (session === null) return [];
  const number = session.virtual_number.replace('+', '');
  const begun = startOf(state);
  const arrived = (phones[role]?.texts ?? [])
    .filter(({ at, from }) => from === number && at >= begun)
    .map(({ message_uuid: id, at, from, text, media = [] }): Bubble => ({
      id,
      at,
      isOwn: false,
      from,
      text,
      pictures: media.length,
      tick: null,
    }));
  const written = carried
    .filter(({ direction, from }) => direction === 'inbound' && from === people[role])
    .map((one): Bubble => {
      const { message_uuid: id, at, from, text } = one;
      const pictures = state.sessionTexts.find((known) => known.message_uuid === id)?.media_count ?? 0;
      return { id, at, isOwn: true, from, text, pictures, tick: tickOf(state, one) };
    });
  return [...written, ...arrived].sort((a, b) => a.at.localeCompare(b.at)).slice(-SHOWN_MESSAGES);
}

/** Whether a text of this session has arrived at somebody. */
export function wasTexted({ sessionTexts }: State): boolean {
  return sessionTexts.some(({ state }) => state === 'sent' || state === 'delivered');
}

function tickOf({ sessionTexts }: State, written: TextView): Tick {
  const known = sessionTexts.find(({ message_uuid: uuid }) => uuid === written.message_uuid);
  const [told] = written.webhooks;
  if (known !== undefined) return tickOfState(known);
  if (told?.outcome === 'lost') return { kind: 'failed', words: words.lost };
  return told?.outcome === 'delivered'
    ? { kind: 'failed', words: words.nobody }
    : { kind: 'waiting', words: words.waiting };
}

function tickOfState({ state, reason }: SessionText): Tick {
  // STOP and the like: the service heeds them, and passes them on to nobody.
  if (state === 'heard') return { kind: 'sent', words: words.heard };
  if (state === 'delivered') return { kind: 'delivered', words: words.delivered };
  if (state === 'sent' || state === 'accepted') return { kind: 'sent', words: words.sent };
  if (state === 'waiting' || state === 'pending') return { kind: 'waiting', words: words.waiting };
  if (state === 'unknown' || state === 'unconfirmed') return { kind: 'waiting', words: words.unknown };
  return { kind: 'failed', words: words.reasons[reason ?? ''] ?? words.failed(reason ?? state) };
}
