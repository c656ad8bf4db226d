import { setImmediate as nextTurn } from 'node:timers/promises';

/** Counts the requests under way, so that an advance of the clock can wait for what it set off. */
export class Activity {
  private running = 0;
  private wake: (() => void)[] = [];

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.running += 1;
    try {
      return await work();
    } finally {
      this.running -= 1;
      if (this.running === 0) for (const wake of this.wake.splice(0)) wake();
    }
  }

  /** Resolves once nothing is under way, or after `limitMs` of real time: an application that hangs must not hang its tester. */
  async settled(limitMs: number): Promise<void> {
    const giveUpAt = Date.now() + limitMs;
    // One request's answer starts the next one within the same turn of the event loop, so a whole idle turn means quiet.
    await nextTurn();
    while (this.running > 0 && Date.now() < giveUpAt) {
      await this.idleOrAfter(giveUpAt - Date.now());
      await nextTurn();
    }
  }

  private idleOrAfter(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, milliseconds);
      this.wake.push(() => {
        clearTimeout(limit);
        resolve();
      });
    });
  }
}
