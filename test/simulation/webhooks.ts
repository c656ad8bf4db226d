import type { VerifiedWebhook } from '../../src/plivo/index.js';
import { ACCOUNT } from '../support/ground.js';
import type { NetworkCall } from './network-call.js';
import type { World } from './world.js';

export type Params = Record<string, string>;

/** Carries webhooks to the use cases: some are lost, late, or come twice, and so overtake each other. */
export class Webhooks {
  /** Switched off for the end of a world, when everything must come right. */
  areFaultsOn = true;
  private nonces = 0;

  constructor(private readonly world: World) {}

  /** A webhook that nobody waits for: lost, late, or repeated. */
  post(lost: number, hear: (webhook: VerifiedWebhook) => Promise<void>, params: Params): void {
    const { chance, timeline } = this.world;
    if (this.fails(lost)) return;
    const delay = (): number => (this.fails(0.1) ? chance.between(2000, 90_000) : chance.between(0, 1500));
    const webhook = this.sign(params);
    const deliver = (): Promise<void> => {
      this.world.report.webhooks += 1;
      return hear(webhook);
    };
    const first = delay();
    timeline.in(first, deliver);
    if (this.fails(0.06)) timeline.in(first + delay(), deliver);
  }

  /** A webhook whose answer is waited for. */
  async send(
    ask: (webhook: VerifiedWebhook) => Promise<string>,
    params: Params,
  ): Promise<{ xml: string; webhook: VerifiedWebhook }> {
    const webhook = this.sign(params);
    this.world.report.webhooks += 1;
    return { xml: await ask(webhook), webhook };
  }

  /** What every webhook of a call carries. */
  common(call: NetworkCall, event: string): Params {
    return {
      CallUUID: call.uuid,
      From: call.from,
      To: call.to,
      Direction: call.direction,
      Event: event,
      CallStatus: 'in-progress',
      SessionStart: '',
      ...(call.direction === 'outbound' ? { RequestUUID: call.uuid } : {}),
    };
  }

  fails(probability: number): boolean {
    return this.world.chance.is(probability) && this.areFaultsOn;
  }

  private sign(params: Params): VerifiedWebhook {
    this.nonces += 1;
    const nonce = String(this.nonces);
    return { accountId: ACCOUNT, nonce, params: new Map(Object.entries(params)), contentHash: `content of ${nonce}` };
  }
}

/** A webhook of our own making must be readable. */
export function must<T>(value: T | null): T {
  if (value === null) throw new Error('the simulated network wrote a webhook that cannot be read');
  return value;
}
