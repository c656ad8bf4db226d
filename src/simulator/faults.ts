import { SeededRandom } from './random.js';

export const WEBHOOK_KINDS = ['answer', 'ring', 'dial-event', 'dial-action', 'redirect', 'hangup'] as const;
export type WebhookKind = (typeof WEBHOOK_KINDS)[number];

/** A probability from 0 to 1, or the kinds of webhook that it always strikes. */
export type Chance = number | readonly WebhookKind[];

export interface FaultPlan {
  lose: Chance;
  duplicate: Chance;
  reorder: Chance;
  bad_signature: Chance;
  delay_ms: number;
  api: { status: 429 | 500 | null; hang: boolean };
}

export interface Fate {
  isLost: boolean;
  isDuplicated: boolean;
  isReordered: boolean;
  isBadlySigned: boolean;
  delayMs: number;
}

export const NO_FAULTS: Readonly<FaultPlan> = {
  lose: 0,
  duplicate: 0,
  reorder: 0,
  bad_signature: 0,
  delay_ms: 0,
  api: { status: null, hang: false },
};

/** What goes wrong on purpose. Chances are drawn in the order of the webhooks from a seeded source, so a run can be repeated. */
export class Faults {
  private plan: FaultPlan = NO_FAULTS;
  private random: SeededRandom;
  private hanging: (() => void)[] = [];

  constructor(private readonly firstSeed: number) {
    this.random = new SeededRandom(firstSeed);
  }

  get current(): FaultPlan {
    return this.plan;
  }

  replace(plan: FaultPlan, seed: number | null): void {
    this.plan = plan;
    if (seed !== null) this.random = new SeededRandom(seed);
    if (!plan.api.hang) for (const release of this.hanging.splice(0)) release();
  }

  clear(): void {
    this.replace(NO_FAULTS, this.firstSeed);
  }

  fateOf(kind: WebhookKind): Fate {
    return {
      isLost: this.strikes(this.plan.lose, kind),
      isDuplicated: this.strikes(this.plan.duplicate, kind),
      isReordered: this.strikes(this.plan.reorder, kind),
      isBadlySigned: this.strikes(this.plan.bad_signature, kind),
      delayMs: this.plan.delay_ms,
    };
  }

  /** Resolves at once, or when a hanging API is released. */
  whileApiHangs(): Promise<void> {
    if (!this.plan.api.hang) return Promise.resolve();
    return new Promise((resolve) => {
      this.hanging.push(resolve);
    });
  }

  private strikes(chance: Chance, kind: WebhookKind): boolean {
    return typeof chance === 'number' ? chance > 0 && this.random.next() < chance : chance.includes(kind);
  }
}
