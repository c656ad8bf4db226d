/** Of so many ends a figure is made. Fewer than are committed together would be chance. */
const SAMPLE = 64;
/** What an answer takes on two idle cores, with SQLite: until a rush has shown more, and at least, as what is quicker is other work than answers. */
const LEAST_MS = 1;
/** Of each new figure; after two or three of them the old one is forgotten. */
const WEIGHT = 0.5;
/** Of what is over the least, each time the queue has run empty: a figure from a rush is not true for ever, and too high a one lets nobody in who could mend it. */
const FADING = 0.9;

/**
 * How long who asks for a transaction now will wait for its turn: as many as wait before it, times what passes between two ends while somebody waits. So everything counts that
 * keeps the process or the database from the next one, whatever it is.
 */
export class Turns {
  private waiting = 0;
  private eachMs = LEAST_MS;
  private ended = 0;
  /** When counting began; null while nobody waits, as what passes then is not work. */
  private since: number | null = null;

  get waitMs(): number {
    return this.waiting * this.eachMs;
  }

  /** Somebody waits for a turn. */
  join(): void {
    this.waiting += 1;
  }

  /** Somebody has got a turn, or gives it away. */
  leave(): void {
    this.waiting -= 1;
    if (this.waiting > 0) return;
    this.since = null;
    this.eachMs = Math.max(LEAST_MS, this.eachMs * FADING);
  }

  /** So many that had their turn have ended. */
  end(count: number): void {
    if (this.waiting === 0) return;
    const now = performance.now();
    if (this.since === null) {
      this.since = now;
      this.ended = 0;
      return;
    }
    this.ended += count;
    if (this.ended < SAMPLE) return;
    const seenMs = (now - this.since) / this.ended;
    this.eachMs = Math.max(LEAST_MS, this.eachMs + (seenMs - this.eachMs) * WEIGHT);
    this.since = now;
    this.ended = 0;
  }
}
