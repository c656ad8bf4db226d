import type { ExportPerson } from '../../people/index.js';
import { isAbout } from '../../people/index.js';
import type { E164 } from '../../telephony/phone.js';
import { maskOthers } from '../access/mask-numbers.js';
import { exportedCall, exportedNotice, exportedSession, exportedText, exportedTraces } from './people.dto.js';

/** Members of an export in which numbers of the pool stand. */
const VIRTUAL = ['VirtualNumber'];

/** What is kept of people, and why. docs/privacy.md has more of it. */
const CATEGORIES = [
  {
    category: 'sessions',
    data: "the person's number and the other party's (sealed), PINs (sealed, not exported: they open calls), the virtual number, times, settings",
    purpose: 'connecting the two parties without showing their numbers',
    kept_until: 'the retention of the account after the end of the session',
  },
  {
    category: 'calls',
    data: 'who called whom (sealed), whom a call that was requested rings (sealed, until it is known how that ended), what the call was answered, times, outcome, duration, price',
    purpose: 'connecting calls, explaining them, charging for them',
    kept_until: 'with the session; calls that came to no session: the retention of the account after their end',
  },
  {
    category: 'recordings',
    data: 'the sound of calls of sessions that ask for it',
    purpose: "the customer's own",
    kept_until: 'recording_retention_days of the account, with the session at the latest',
  },
  {
    category: 'texts',
    data: 'who wrote to whom (sealed), times, outcome, units, price; the words (sealed) until they are sent, and longer only where the account keeps texts',
    purpose: 'passing texts on, explaining them, charging for them',
    kept_until:
      'with the session; the words: text_retention_days of the account; texts that came to no session: the retention of the account',
  },
  {
    category: 'pictures of texts',
    data: 'pictures and films that came with a text (sealed) until they are passed on, and longer only where the account keeps texts; their format, size and times',
    purpose: 'passing them on',
    kept_until: 'until Plivo has them, or text_retention_days of the account; what is said of them: with the text',
  },
  {
    category: 'text notices',
    data: 'sentences of ours to who has written: the number (sealed), the occasion, times, outcome, units, price',
    purpose: 'telling who has written why a text goes no further, once a day',
    kept_until: 'with the session; without one: the retention of the account',
  },
  {
    category: 'who wants no texts',
    data: 'a keyed index of the number, from which number, when it was said',
    purpose: 'nobody is written to who said STOP',
    kept_until: 'until START is written; an erasure does not take it',
  },
  {
    category: 'callbacks',
    data: 'what the customer was told of calls, with both numbers (sealed), and what its receiver answered',
    purpose: 'delivery at least once, and proof of it',
    kept_until: '30 days after delivery, with the session at the latest',
  },
  {
    category: 'places on virtual numbers',
    data: 'a keyed index of the number',
    purpose: 'nobody is lent one virtual number twice; who had it last',
    kept_until: 'with the session',
  },
  {
    category: 'wrong PINs',
    data: 'a keyed index of the number, times',
    purpose: 'protection against guessing',
    kept_until: 'two hours',
  },
  {
    category: 'dialled phones',
    data: 'a keyed index of the number, the day',
    purpose: 'the cap on different phones a day, where the account has one',
    kept_until: 'the day after',
  },
  {
    category: 'answers to repeated requests',
    data: 'the answers to requests with an Idempotency-Key, which show the sessions listed here (sealed; not repeated here)',
    purpose: 'a request that is repeated takes effect once',
    kept_until: '7 days after the request',
  },
] as const;

/**
 * JSON, piece by piece: what is kept of a person and why, then its sessions with all that belongs to them, its other calls, its texts, and what else is kept under its number,
 * whose own number stands whole and others' masked.
 */
export async function* exportFile(
  exporter: ExportPerson,
  { number, accountIds, at }: { number: E164; accountIds: string[]; at: string },
): AsyncGenerator<string> {
  const isOwn = (text: string): boolean => isAbout(number, text);
  const text = (value: unknown): string => JSON.stringify(maskOthers(value, isOwn, VIRTUAL));
  const head = { number: `+${number}`, exported_at: at, accounts: accountIds, categories: CATEGORIES };
  yield text(head).slice(0, -1);
  yield* list('sessions', exporter.sessions({ number }, accountIds), (one) => text(exportedSession(one)));
  yield* list('other_calls', exporter.otherCalls({ number }, accountIds), (one) => text(exportedCall(one)));
  yield* list('texts', exporter.texts({ number }, accountIds), (one) => text(exportedText(one)));
  yield* list('text_notices', exporter.notices({ number }, accountIds), (one) => text(exportedNotice(one)));
  yield* list('other_traces', exporter.traces({ number }, accountIds), (one) => text(exportedTraces(one)));
  yield '}\n';
}

async function* list<Item>(
  name: string,
  items: AsyncGenerator<Item>,
  text: (item: Item) => string,
): AsyncGenerator<string> {
  yield `,"${name}":[`;
  let separator = '';
  for await (const item of items) {
    yield separator + text(item);
    separator = ',\n';
  }
  yield ']';
}
