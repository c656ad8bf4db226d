import type { Clock } from '../../platform/clock.js';

export interface Timer {
  cancel(): void;
}

interface Entry {
  dueAt: number;
  order: number;
  run: () => void;
}

/** Somebody else may advance the shared clock: what became due by that is noticed after this much real time at the latest. */
const LOOK_AGAIN_MS = 250;

/** What is to happen at an instant of the Clock. Runs on real time, and at once in due order when the clock is advanced. */
export class Timers {
  /** Sorted by due time, then by order of creation. */
  private readonly entries: Entry[] = [];
  private created = 0;
  private wakeUp: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly clock: Clock) {}

  after(milliseconds: number, run: () => void): Timer {
    const entry = { dueAt: this.clock.now() + milliseconds, order: this.created++, run };
    if (!this.closed) {
      const place = this.entries.findLastIndex((other) => other.dueAt <= entry.dueAt);
      this.entries.splice(place + 1, 0, entry);
      if (place < 0) this.arm();
    }
    return { cancel: () => this.remove(entry) };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  nextDueAt(): number | null {
    return this.entries[0]?.dueAt ?? null;
  }

  /** Runs the earliest entry if it is due; tells whether it did. */
  runNext(): boolean {
    const entry = this.entries[0];
    if (entry === undefined || entry.dueAt > this.clock.now()) return false;
    this.entries.shift();
    entry.run();
    return true;
  }

  clear(): void {
    this.entries.length = 0;
  }

  close(): void {
    this.closed = true;
    this.clear();
    clearTimeout(this.wakeUp);
  }

  private arm(): void {
    clearTimeout(this.wakeUp);
    const next = this.nextDueAt();
    if (next === null) return;
    const delay = Math.min(LOOK_AGAIN_MS, Math.max(0, next - this.clock.now()));
    this.wakeUp = setTimeout(() => {
      while (this.runNext());
      this.arm();
    }, delay);
  }

  private remove(entry: Entry): void {
    const place = this.entries.indexOf(entry);
    if (place >= 0) this.entries.splice(place, 1);
  }
}
