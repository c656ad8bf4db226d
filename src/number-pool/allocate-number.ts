import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { spanned } from '../platform/tracing/spans.js';
import { chooseNumber } from './choose-number.js';
import { claimNumber, type AllocationRequest } from './claim-number.js';
import { NumberAssigned } from './number-pool.events.js';
import type { ChosenNumber, NumberWish } from './number-wish.js';
import { whyRefused } from './why-refused.js';

/**
 * Lends a number to a session: every party of it, and every PIN, becomes unique on that number, or nothing does. Refuses with
 * `NumberPoolExhausted` or one of its kinds; when another session took the chosen number a moment ago, the transaction starts over.
 */
@Injectable()
export class AllocateNumber {
  constructor(
    private readonly database: Database,
    private readonly events: Events,
  ) {}

  run(tx: Tx, request: AllocationRequest): Promise<{ id: number; number: string }> {
    return spanned('number.allocate', { 'session.uuid': request.sessionId }, () => this.lend(tx, request));
  }

  private async lend(tx: Tx, request: AllocationRequest): Promise<{ id: number; number: string }> {
    const begunAt = performance.now();
    const { avoided: _, prefersMedia: __, ...others } = request;
    const wish: NumberWish = { ...others, pinIndexes: request.pins.map((pin) => pin.index) };
    let chosen: ChosenNumber | null = null;
    for (const wished of fromBest(wish, request)) chosen ??= await chooseNumber(tx, wished);
    if (!chosen) throw await whyRefused(tx, wish);

    await claimNumber(tx, this.database, chosen, { wish, request });

    const { accountId, sessionId } = request;
    await this.events.publish(tx, new NumberAssigned(accountId, chosen.id, sessionId, performance.now() - begunAt));
    return { id: chosen.id, number: chosen.number };
  }
}

/** What would be best, and what will do: to reach both counts for more than to have pictures. */
function fromBest(wish: NumberWish, { avoided, prefersMedia }: AllocationRequest): NumberWish[] {
  const reaching = avoided ? [{ ...wish, avoided }, wish] : [wish];
  return prefersMedia === true ? reaching.flatMap((one) => [{ ...one, hasMedia: true as const }, one]) : reaching;
}
