import { Injectable, type OnModuleDestroy } from '@nestjs/common';

const TICK_MS = 20;

/**
 * How long what this process reads now may have waited in front of it. While one turn of the event loop is worked off, what comes waits unread, and no deadline of ours has
 * begun for it. A turn begins with the timers and then reads: whatever is read after one tick came after the tick before it.
 */
@Injectable()
export class LoopLag implements OnModuleDestroy {
  private last = performance.now();
  private lastButOne = this.last;
  private readonly timer = setInterval(() => {
    this.lastButOne = this.last;
    this.last = performance.now();
  }, TICK_MS).unref();

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** At the most, in milliseconds. Less than a tick is not told from nothing. */
  get ms(): number {
    return Math.max(0, performance.now() - this.lastButOne - 2 * TICK_MS);
  }
}
