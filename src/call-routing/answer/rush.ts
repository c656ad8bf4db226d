import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import { LoopLag } from '../../platform/loop-lag.js';

/** Longer than this nobody is sent to wait who has more than its share of those that wait already, which an account that calls alone has. */
const ROOM_MS = 300;
/** Nor anybody at all who would have waited for so long, in front of the process and in it, when his turn comes. */
const LONGEST_WAIT_MS = 600;

/**
 * Which calls are not even begun, so that all that are begun can be answered in time. Who has come first is served first: all that wait can still be served, and last in, first
 * out would be no quicker for them in the mean. An account that floods fills `ROOM_MS` and no more; the rest of the time is there for others.
 */
@Injectable()
export class Rush {
  private readonly waiting = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly database: Database,
    private readonly lag: LoopLag,
  ) {}

  /** Whether some call may be too much now. Asked of each, so it costs next to nothing. */
  get isOn(): boolean {
    const { waitMs } = this.database;
    return waitMs > ROOM_MS || (waitMs > 0 && waitMs + this.lag.ms > LONGEST_WAIT_MS);
  }

  /** Whether a call of this account is, while it is on. */
  isTooMuch(accountId: string): boolean {
    if (!this.isOn) return false;
    return this.hasItsShare(accountId) || this.database.waitMs + this.lag.ms > LONGEST_WAIT_MS;
  }

  /** A call of the account waits for its answer, until the function that is given back is called. */
  begin(accountId: string): () => void {
    this.add(accountId, 1);
    return () => this.add(accountId, -1);
  }

  private hasItsShare(accountId: string): boolean {
    const own = this.waiting.get(accountId) ?? 0;
    const accounts = this.waiting.size + (own === 0 ? 1 : 0);
    return own * accounts >= this.total && own > 0;
  }

  private add(accountId: string, count: 1 | -1): void {
    const waiting = (this.waiting.get(accountId) ?? 0) + count;
    if (waiting === 0) this.waiting.delete(accountId);
    else this.waiting.set(accountId, waiting);
    this.total += count;
  }
}
