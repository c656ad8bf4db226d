/** What is known of a leg. Facts only join: nothing that was known is ever forgotten or exchanged by arrival order. */
export interface LegFacts {
  startedAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  isAnswered: boolean;
  isConnected: boolean;
  isEnded: boolean;
  duration: number | null;
  billedDuration: number | null;
  amount: number | null;
  callStatus: string | null;
  hangupCause: string | null;
  hangupCauseCode: number | null;
  hangupCauseName: string | null;
  hangupSource: string | null;
}

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
  callStatus: null,
  hangupCause: null,
  hangupCauseCode: null,
  hangupCauseName: null,
  hangupSource: null,
};

const NAMES = Object.keys(NOTHING_KNOWN) as (keyof LegFacts)[];

/**
 * The join of what two reports say. Commutative, associative and idempotent, so any order and any repetition of Plivo's webhooks ends in the
 * same row; where two reports contradict each other the greater value stands, whichever came first.
 */
export function joinFacts(known: LegFacts, told: Partial<LegFacts>): LegFacts {
  const joined: Record<string, unknown> = {};
  for (const name of NAMES) joined[name] = greater(known[name], told[name] ?? null);
  return joined as unknown as LegFacts;
}

function greater<T extends number | string | boolean | null>(left: T, right: T): T {
  if (left === null) return right;
  if (right === null) return left;
  return right > left ? right : left;
}
