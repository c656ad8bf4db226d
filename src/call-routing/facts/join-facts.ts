import { plainText } from '../../plivo/index.js';
import { maskText } from '../../platform/logging/mask-text.js';
import { LONGEST_WORDS, type CallLeg } from '../call.entity.js';

/** What is known of a leg, columns of its row. Facts only join: nothing that was known is ever forgotten or exchanged by arrival order. */
export type LegFacts = Omit<
  CallLeg,
  'accountId' | 'legUuid' | 'callId' | 'sessionId' | 'subaccountId' | 'side' | 'role' | 'isRecorded'
> & {
  /** Whether length and price are those of Plivo's call record, which corrects whatever webhooks told. */
  isRecorded: boolean;
};

export const NOTHING_KNOWN: LegFacts = {
  startedAt: null,
  answeredAt: null,
  endedAt: null,
  isAnswered: false,
  isConnected: false,
  isEnded: false,
  duration: null,
  billedDuration: null,
  amount: null,
  isRecorded: false,
  callStatus: null,
  hangupCause: null,
  hangupCauseCode: null,
  hangupCauseName: null,
  hangupSource: null,
};

const NAMES = Object.keys(NOTHING_KNOWN) as (keyof LegFacts)[];
const WORDS = Object.keys(LONGEST_WORDS) as (keyof typeof LONGEST_WORDS)[];

/** What a call record has the last word on. A record without one of them corrects none. */
const BILLED = ['duration', 'billedDuration', 'amount'] as const;

/**
 * The join of what two reports say. Commutative, associative and idempotent, so any order and any repetition of Plivo's webhooks ends in the
 * same row; where two reports contradict each other the greater value stands, whichever came first, but a call record's bill stands before any
 * webhook's, lower or not.
 */
export function joinFacts(known: LegFacts, told: Partial<LegFacts>): LegFacts {
  const joined: Record<string, unknown> = {};
  for (const name of NAMES) joined[name] = greater(known[name], told[name] ?? null);
  // Cut before they are compared: as they came they may stand in another order.
  for (const name of WORDS) joined[name] = greater(cut(name, known[name]), cut(name, told[name]));
  if (known.isRecorded !== (told.isRecorded ?? false)) {
    const record = known.isRecorded ? known : told;
    for (const name of BILLED) joined[name] = record[name] ?? null;
  }
  return joined as unknown as LegFacts;
}

/** Facts of a record: one that lacks a part of the bill is as good as a webhook. */
export function recorded(facts: Partial<LegFacts>): Partial<LegFacts> {
  return { ...facts, isRecorded: BILLED.every((name) => (facts[name] ?? null) !== null) };
}

function cut(name: keyof typeof LONGEST_WORDS, text: string | null | undefined): string | null {
  // Somebody's number has no business in them; masked once, a text stays as it is.
  return plainText(maskText(text ?? ''), LONGEST_WORDS[name]) || null;
}

function greater<T extends number | string | boolean | null>(left: T, right: T): T {
  if (left === null) return right;
  if (right === null) return left;
  return right > left ? right : left;
}
