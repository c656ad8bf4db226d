import type { FakeClock } from '../support/ground.js';

interface Entry {
  at: number;
  order: number;
  run: () => unknown;
}

/** What happens when. Nothing waits on wall time: the clock jumps from one happening to the next. */
export class Timeline {
  /** A binary heap: the earliest on top, of equal instants the one planned first. */
  private readonly heap: Entry[] = [];
  private planned = 0;

  constructor(private readonly clock: FakeClock) {}

  get now(): number {
    return this.clock.now();
  }

  at(instant: number, run: () => unknown): void {
    const entry = { at: Math.max(instant, this.now), order: this.planned++, run };
    let place = this.heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.heap[above] as Entry;
      if (isBefore(parent, entry)) break;
      this.heap[place] = parent;
      place = above;
    }
    this.heap[place] = entry;
  }

  in(milliseconds: number, run: () => unknown): void {
    this.at(this.now + milliseconds, run);
  }

  /** May be called from within a happening: how other things go on while somebody waits for an answer. */
  async runUntil(instant: number): Promise<void> {
    for (let next = this.heap[0]; next !== undefined && next.at <= instant; next = this.heap[0]) {
      this.pop();
      this.clock.advance(Math.max(0, next.at - this.now));
      await next.run();
    }
    this.clock.advance(Math.max(0, instant - this.now));
  }

  /** Until nothing is planned any more. */
  async runOut(): Promise<void> {
    for (let next = this.heap[0]; next !== undefined; next = this.heap[0]) await this.runUntil(next.at);
  }

  private pop(): void {
    const last = this.heap.pop();
    const size = this.heap.length;
    if (last === undefined || size === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= size) break;
      if (below + 1 < size && isBefore(this.heap[below + 1] as Entry, this.heap[below] as Entry)) below += 1;
      if (isBefore(last, this.heap[below] as Entry)) break;
      this.heap[place] = this.heap[below] as Entry;
      place = below;
    }
    this.heap[place] = last;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order);
}
