import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { Database, Tx } from './database.js';

/**
 * What the statements of a purge's transaction are to take. SQLite has one writer, so all others wait for as long as that; elsewhere only those who want the same
 * rows, and a trip to the server is a part of it.
 */
const AIM_MS = { sqlite: 4, server: 25 };
/** Of the time, a purge takes at most a third: the rest is for those who are waited for. */
const PAUSE_FOR_EACH_MS = 2;
/**
 * The least that work which has time may pause for each millisecond of a batch, before it takes larger ones. Those beside it wait for a batch on SQLite alone; a server has
 * them wait while it writes what large ones have left: p99 of answers 26 ms beside batches of 16 to 128, 13 to 18 ms beside 8 to 16.
 */
const LEAST_PAUSE_FOR_EACH_MS = { sqlite: 2, server: 1 };
const LEAST_PAUSE_MS = 2;
const FIRST_BATCH = 16;
/** Of work that has time: pauses are as long as that allows, up to so many times the batch, and never shorter than the batch. */
const LONGEST_PAUSE_FOR_EACH_MS = 10;
/** The last batch's part in what is usual for its size; and what each larger one leaves of what was usual for smaller ones. */
const WEIGHT_OF_LAST = 0.2;
const FORGETS = 0.99;
/** However busy the machine: the commit costs the same for one row, and elsewhere than on SQLite nobody waits for rows that he does not want. */
const LEAST = { sqlite: 4, server: 64 };

/** How long batches of each size took of late: the least size that keeps to a time is felt least by those beside it. */
export class UsualTimes {
  private readonly ms = new Map<number, number>();

  /** `pauseForEachMs`: a batch and its pause take that many times as long as the batch, and once more. */
  constructor(private readonly pauseForEachMs: number = LEAST_PAUSE_FOR_EACH_MS.sqlite) {}

  note(size: number, tookMs: number): void {
    const usual = this.ms.get(size) ?? tookMs;
    this.ms.set(size, usual + (tookMs - usual) * WEIGHT_OF_LAST);
    // What was slow once is tried again some time.
    for (const [smaller, ms] of this.ms) if (smaller < size) this.ms.set(smaller, ms * FORGETS);
  }

  /** Sizes are powers of two. A batch and its pause have `msPerRow` for each row; one of a size that has not been tried is. */
  leastFor(msPerRow: number, most: number): number {
    let size = 1;
    for (; size * 2 <= most; size *= 2) {
      const usual = this.ms.get(size);
      if (usual === undefined || usual * (1 + this.pauseForEachMs) <= msPerRow * size) break;
    }
    return size;
  }
}

/**
 * How many rows a purge takes at a time: as many as take some milliseconds, of whatever kind they are and however busy the machine is. A power of two,
 * so that statements with lists of them are few and stay prepared. One for each run of a purge.
 */
export class Batches {
  private size: number;
  private readonly aimMs: number;
  private readonly least: number;
  private readonly spread: { left: number; endsAt: number; times: UsualTimes } | null;

  /**
   * `most`: what a statement has room for. `isUrgent`: goes on without a pause, but behind those who wait for their turn. `spread`: so many rows have so many
   * milliseconds, and are taken in batches as small as that allows, down to one row: what somebody beside them waits for is the batch.
   */
  constructor(
    private readonly database: Database,
    private readonly most: number,
    private readonly pace: { isUrgent?: boolean; spread?: { rows: number; overMs: number } } = {},
  ) {
    const kind = database.isSqlite ? 'sqlite' : 'server';
    const { spread } = pace;
    this.aimMs = AIM_MS[kind];
    this.least = spread ? 1 : Math.min(LEAST[kind], most);
    this.size = spread ? 1 : Math.max(Math.min(FIRST_BATCH, most), this.least);
    this.spread = spread
      ? {
          left: spread.rows,
          endsAt: performance.now() + spread.overMs,
          times: new UsualTimes(LEAST_PAUSE_FOR_EACH_MS[kind]),
        }
      : null;
  }

  /** `purge` looks at up to `size` rows and returns how many there were; fewer are the last. Returns the same, and whether there may be more. */
  async next(purge: (tx: Tx, size: number) => Promise<number>): Promise<{ count: number; isLast: boolean }> {
    const { size } = this;
    let [begunAt, workMs] = [0, 0];
    const count = await this.database.transaction(async (tx) => {
      // Its turn has come; what it waited for is nobody's batch.
      begunAt = performance.now();
      const found = await purge(tx, size);
      workMs = performance.now() - begunAt;
      return found;
    });
    const tookMs = performance.now() - begunAt;
    if (this.pace.isUrgent) await nextTurn();
    else
      await delay(Math.max(LEAST_PAUSE_MS, this.spread ? this.spreadPause(count, tookMs) : tookMs * PAUSE_FOR_EACH_MS));
    if (count >= size && !this.spread) this.size = this.sizeAfter(workMs);
    return { count, isLast: count < size };
  }

  /** Sets the next size as well. */
  private spreadPause(count: number, tookMs: number): number {
    const spread = this.spread as NonNullable<typeof this.spread>;
    spread.left = Math.max(spread.left - count, 1);
    spread.times.note(this.size, tookMs);
    const msPerRow = (spread.endsAt - performance.now()) / spread.left;
    const turnMs = msPerRow * this.size;
    this.size = spread.times.leastFor(msPerRow, this.most);
    return Math.min(Math.max(turnMs - tookMs, tookMs), tookMs * LONGEST_PAUSE_FOR_EACH_MS);
  }

  /** At most twice as many as before: one lucky batch says little of the next. */
  private sizeAfter(workMs: number): number {
    if (workMs > this.aimMs) return Math.max(this.least, this.size >> Math.ceil(Math.log2(workMs / this.aimMs)));
    return workMs * 2 <= this.aimMs && this.size * 2 <= this.most ? this.size * 2 : this.size;
  }
}

/**
 * Deletes what is old in transactions so small that nobody beside them waits for the whole of it, and with pauses. `purge` deletes up to `size` rows,
 * `most` at the most, and returns how many; fewer are the last. Returns how many in all.
 */
export async function purgeInBatches(
  database: Database,
  most: number,
  purge: (tx: Tx, size: number) => Promise<number>,
): Promise<number> {
  const batches = new Batches(database, most);
  for (let total = 0; ;) {
    const { count, isLast } = await batches.next(purge);
    total += count;
    if (isLast) return total;
  }
}
