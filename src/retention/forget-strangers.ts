import { Injectable } from '@nestjs/common';
import { Retention } from '../accounts/index.js';
import { ForgetTexts } from '../texts/index.js';
import { ForgetFigures } from '../billing-stats/index.js';
import { FIRST_CALL, ForgetCalls, type StrangersCall } from '../call-routing/index.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Batches, purgeInBatches } from '../platform/database/purge-in-batches.js';

const RUN_MS = 5_000;
const PAGE = 500;
const MOST = 500;
/** The walk passes over calls that another account keeps for longer, so it is not begun again with every run. */
const EVERY_MS = 10 * 60_000;

/**
 * Deletes calls and texts that came to no session, and legs that no call is known for, as long after their end as their account keeps sessions. Goes through the
 * calls of all accounts in the order of time, because that is how their index goes; a run goes on where the one before stopped.
 */
@Injectable()
export class ForgetStrangers {
  private after: Pick<StrangersCall, 'id' | 'createdAt'> = FIRST_CALL;
  private beginsAt = 0;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly retention: Retention,
    private readonly calls: ForgetCalls,
    private readonly figures: ForgetFigures,
    private readonly texts: ForgetTexts,
  ) {}

  /** Returns how many calls and lone legs. */
  async run(): Promise<number> {
    const now = this.clock.now();
    if (now < this.beginsAt) return 0;
    const kept = new Map((await this.retention.ofAll()).map(({ accountId, keptMs }) => [accountId, keptMs]));
    if (kept.size === 0) return 0;
    const finals = await this.finals([...kept.keys()], now);
    const endsAt = performance.now() + RUN_MS;
    const until = now - Math.min(...kept.values());
    const batches = new Batches(this.database, MOST);
    let total = 0;
    for (;;) {
      const { after } = this;
      const page = await this.database.browse((manager) =>
        this.calls.strangers(manager, { after, until, limit: PAGE }),
      );
      total += await this.forget(
        page.filter((call) => {
          const keptMs = kept.get(call.accountId) ?? Number.MAX_SAFE_INTEGER;
          return isOver(call, now - keptMs, finals.get(call.accountId) ?? 0);
        }),
        batches,
      );
      this.after = page.at(-1) ?? after;
      if (page.length < PAGE) break;
      if (performance.now() >= endsAt) return total;
    }
    // A record that comes later than it is looked for would make the leg anew, and it would be counted twice.
    for (const [accountId, keptMs] of kept) {
      total += await this.loneLegs(accountId, Math.min(now - keptMs, finals.get(accountId) ?? 0));
      total += await this.strangersTexts(accountId, now - keptMs);
    }
    [this.after, this.beginsAt] = [FIRST_CALL, now + EVERY_MS];
    return total;
  }

  private async finals(accountIds: string[], now: number): Promise<Map<string, number>> {
    const finals = new Map<string, number>();
    for (const accountId of accountIds)
      finals.set(accountId, await this.database.browse((manager) => this.calls.finalBefore(manager, accountId, now)));
    return finals;
  }

  private async forget(calls: StrangersCall[], batches: Batches): Promise<number> {
    for (let done = 0; done < calls.length;) {
      const { count } = await batches.next(async (tx, size) => {
        const some = calls.slice(done, done + size);
        for (const accountId of new Set(some.map((call) => call.accountId)))
          await this.figures.ofCalls(
            tx,
            accountId,
            some.filter((call) => call.accountId === accountId).map(({ aLegUuid }) => aLegUuid),
          );
        await this.calls.run(tx, some);
        return some.length;
      });
      done += count;
    }
    return calls.length;
  }

  private strangersTexts(accountId: string, until: number): Promise<number> {
    return purgeInBatches(this.database, MOST, async (tx, size) => {
      const texts = await this.texts.strangers(tx, accountId, until, size);
      await this.figures.ofTexts(tx, texts);
      await this.texts.run(tx, texts);
      return texts.length;
    });
  }

  private loneLegs(accountId: string, until: number): Promise<number> {
    return purgeInBatches(this.database, MOST, async (tx, size) => {
      const legs = await this.calls.loneLegs(tx, accountId, until, size);
      if (legs.length > 0) await this.figures.ofCalls(tx, accountId, legs);
      return legs.length;
    });
  }
}

/** One whose end was never heard of is over when its figures are given up. */
function isOver({ createdAt, endedAt }: StrangersCall, until: number, final: number): boolean {
  return createdAt <= final && (endedAt ?? createdAt) <= until;
}
