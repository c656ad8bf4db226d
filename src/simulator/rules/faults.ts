import { SeededRandom } from './random.js';

export const WEBHOOK_KINDS = [
  'answer',
  'ring',
  'dial-event',
  'dial-action',
  'redirect',
  'hangup',
  'digits-action',
  'confirm-sound',
  'dial-music',
  'record-action',
  'recording',
  'message',
  'message-status',
] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** What strikes one webhook alone. `unreached`: it does not arrive, and its sender sees that; `unanswered`: it does, and its answer does not. */
export const STRIKES = ['lost', 'duplicated', 'late', 'unreached', 'unanswered'] as const;
export type Strike = (typeof STRIKES)[number];
/** Others overtake it; as long as Plivo's repeats take in all. */
const LATE_MS = 420_000;

/** A probability from 0 to 1, or the kinds of webhook that it always strikes. */
export type Chance = number | readonly WebhookKind[];

export interface FaultPlan {
  lose: Chance;
  /** Loses the n-th webhook of a kind, or of all, counted over all calls from the moment of the order. */
  lose_nth: { kind: WebhookKind | 'any'; n: number } | null;
  /** The same, with something else that goes wrong than losing it for good. */
  strike_nth: { kind: WebhookKind | 'any'; n: number; fate: Strike } | null;
  /** Loses the next webhook of each of these kinds, and no other. */
  lose_once: readonly WebhookKind[];
  duplicate: Chance;
  reorder: Chance;
  bad_signature: Chance;
  delay_ms: number;
  api: ApiFaults;
}

/** What the REST API does instead of answering. */
export interface ApiFaults {
  status: 404 | 429 | 500 | 502 | 503 | null;
  /** Stays silent until the fault is lifted. */
  hang: boolean;
  /** Closes the connection. */
  reset: boolean;
  /** Slow, on the clock. */
  delay_ms: number;
  /** Media only: promises the whole and breaks off in the middle. */
  truncate: boolean;
  /** Does what was asked before it fails, so that the client cannot know. */
  after_effect: boolean;
  /** Kinds of request, as `GET api-requests` names them; null strikes all. */
  only: readonly string[] | null;
  /** How many requests it lets pass first. */
  skip: number;
  /** How many requests it strikes; null strikes for ever. */
  times: number | null;
}

export interface Fate {
  isLost: boolean;
  isDuplicated: boolean;
  isReordered: boolean;
  isBadlySigned: boolean;
  isUnreached: boolean;
  isUnanswered: boolean;
  delayMs: number;
}

export const NO_FAULTS: Readonly<FaultPlan> = {
  lose: 0,
  lose_nth: null,
  strike_nth: null,
  lose_once: [],
  duplicate: 0,
  reorder: 0,
  bad_signature: 0,
  delay_ms: 0,
  api: {
    status: null,
    hang: false,
    reset: false,
    delay_ms: 0,
    truncate: false,
    after_effect: false,
    only: null,
    skip: 0,
    times: null,
  },
};

/**
 * What goes wrong on purpose. Each call draws its chances from a seeded stream of its own, in the order of its webhooks: a run can be
 * repeated however the calls of the two runs interleave.
 */
export class Faults {
  private plan: FaultPlan = NO_FAULTS;
  private seed: number;
  private readonly streams = new Map<number, SeededRandom>();
  private readonly sent = new Map<WebhookKind | 'any', number>();
  private apiStrikes = 0;
  private hanging: (() => void)[] = [];

  constructor(private readonly firstSeed: number) {
    this.seed = firstSeed;
  }

  get current(): FaultPlan {
    return this.plan;
  }

  replace(plan: FaultPlan, seed: number | null): void {
    this.plan = plan;
    this.sent.clear();
    this.apiStrikes = 0;
    if (seed !== null) {
      this.seed = seed;
      this.streams.clear();
    }
    if (!plan.api.hang) for (const release of this.hanging.splice(0)) release();
  }

  clear(): void {
    this.replace(NO_FAULTS, this.firstSeed);
  }

  fateOf(kind: WebhookKind, callOrdinal = 0): Fate {
    const { isPicked, strike } = this.picked(kind);
    const strikes = (chance: Chance) =>
      typeof chance === 'number' ? chance > 0 && this.streamOf(callOrdinal).next() < chance : chance.includes(kind);
    return {
      isLost: strikes(this.plan.lose) || isPicked || strike === 'lost',
      isDuplicated: strikes(this.plan.duplicate) || strike === 'duplicated',
      isReordered: strikes(this.plan.reorder) || strike === 'late',
      isBadlySigned: strikes(this.plan.bad_signature),
      isUnreached: strike === 'unreached',
      isUnanswered: strike === 'unanswered',
      delayMs: strike === 'late' ? LATE_MS : this.plan.delay_ms,
    };
  }

  /** The fault that strikes this API request, if any. */
  strikeApi(kind: string): ApiFaults | null {
    const { api } = this.plan;
    const isOrdered = api.status !== null || api.hang || api.reset || api.delay_ms > 0 || api.truncate;
    if (!isOrdered || api.only?.includes(kind) === false) return null;
    this.apiStrikes += 1;
    const strike = this.apiStrikes - api.skip;
    return strike > 0 && (api.times === null || strike <= api.times) ? api : null;
  }

  /** Resolves when the plan no longer lets the API hang, and at the latest when the faults are lifted. */
  untilReleased(): Promise<void> {
    return new Promise((resolve) => {
      this.hanging.push(resolve);
    });
  }

  private picked(kind: WebhookKind): { isPicked: boolean; strike: Strike | null } {
    const { lose_nth: lost, strike_nth: struck, lose_once: once } = this.plan;
    const counts = { kind: this.count(kind), any: this.count('any') };
    const isNth = (nth: { kind: WebhookKind | 'any'; n: number } | null): boolean =>
      nth !== null && (nth.kind === 'any' ? counts.any : nth.kind === kind ? counts.kind : 0) === nth.n;
    return {
      isPicked: isNth(lost) || (counts.kind === 1 && once.includes(kind)),
      strike: isNth(struck) ? (struck?.fate ?? null) : null,
    };
  }

  private count(kind: WebhookKind | 'any'): number {
    const count = (this.sent.get(kind) ?? 0) + 1;
    this.sent.set(kind, count);
    return count;
  }

  private streamOf(callOrdinal: number): SeededRandom {
    const known = this.streams.get(callOrdinal);
    if (known !== undefined) return known;
    // Neighbouring calls start far apart: the golden ratio's bits spread the seeds evenly.
    const stream = new SeededRandom(this.seed + Math.imul(callOrdinal, 0x9e3779b9));
    this.streams.set(callOrdinal, stream);
    return stream;
  }
}
