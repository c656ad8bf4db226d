import type { MessageRecord, MessageReport } from '../plivo/index.js';

/**
 * Where a forward stands. `pending`: not sent, or certainly not taken. `sending`: about to be, or just then. `unknown`: Plivo may have it. `unconfirmed`: nobody
 * will know. `rejected`: it was never sent, or Plivo did not take it. `accepted` and what follows: Plivo has it, by its answer or its reports.
 */
export type ForwardState =
  | 'pending'
  | 'sending'
  | 'unknown'
  | 'unconfirmed'
  | 'rejected'
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'undelivered'
  | 'failed';

/** What is known of a forward by what Plivo has told. */
export interface Told {
  state: ForwardState;
  sequence: number | null;
  units: number | null;
  amount: number | null;
  errorCode: number | null;
}

const RANKS: Readonly<Record<ForwardState, number>> = {
  pending: 0,
  sending: 0,
  unknown: 0,
  unconfirmed: 0,
  rejected: 0,
  accepted: 1,
  sent: 2,
  failed: 3,
  undelivered: 4,
  delivered: 5,
};
const FIRST_FINAL = RANKS.failed;

/** Nothing more is to come, but for what carriers charge. */
export function isFinal(state: ForwardState): boolean {
  return RANKS[state] >= FIRST_FINAL;
}

/** Plivo has it, or had. */
export function isTaken(state: ForwardState): boolean {
  return RANKS[state] > 0;
}

/**
 * What is known when a report has come, in whatever order reports come and however often: the states of a message go one way, of two ends Plivo's own later one
 * counts, and where Plivo does not count them the better one, which somebody has confirmed.
 */
export function joined(
  known: Told,
  { state: told, sequence, units, amountMicros, errorCode }: Omit<MessageReport, 'messageUuid'>,
): Told {
  const state = told === 'queued' ? 'accepted' : told;
  const next: Told = { state, sequence, units, amount: state === 'failed' ? 0 : amountMicros, errorCode };
  const [winner, other] = isBehind(known, next) ? [next, known] : [known, next];
  return { ...winner, units: winner.units ?? other.units, amount: winner.amount ?? other.amount };
}

/** The same with Plivo's record, which does not count. */
export function toldBy(known: Told, record: MessageRecord): Told {
  return joined(known, { ...record, state: record.state ?? 'queued', sequence: null });
}

/** And with the record's price, which is the last word on it. */
export function pricedBy(known: Told, record: MessageRecord): Told {
  const told = toldBy(known, record);
  return { ...told, amount: told.state === 'failed' ? 0 : (record.amountMicros ?? told.amount) };
}

/** Whether `other` counts instead of `one`: an order in which no two reports that say different things are equal. */
function isBehind(one: Told, other: Told): boolean {
  const [keyOfOne, keyOfOther] = [keyOf(one), keyOf(other)];
  const place = keyOfOne.findIndex((value, index) => value !== keyOfOther[index]);
  return place !== -1 && (keyOfOther[place] ?? 0) > (keyOfOne[place] ?? 0);
}

function keyOf({ state, sequence }: Told): number[] {
  const counted = sequence ?? -1;
  return isFinal(state) ? [1, counted, RANKS[state]] : [0, RANKS[state], counted];
}
