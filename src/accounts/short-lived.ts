import { Clock } from '../shared/clock.js';

/** How long another process may still honour a secret that this one has just changed. */
const TTL_MS = 5_000;
/** Bounds the memory that requests with invented ids can take. */
const MAX_ENTRIES = 10_000;

/**
 * Remembers what was read for a key for at most 5 s; "there is none" is remembered as well, so that an unknown key costs what a known one
 * does. Callers that arrive together share one read.
 */
export class ShortLived<Value> {
  private readonly entries = new Map<string, { until: number; value: Promise<Value> }>();
  private readonly distrustedUntil = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly load: (key: string) => Promise<Value>,
  ) {}

  get(key: string): Promise<Value> {
    const now = this.clock.now();
    const known = this.entries.get(key);
    // The second condition is for a wall clock that was set back.
    if (known && known.until > now && known.until - now <= TTL_MS) return known.value;

    const value = this.load(key);
    if ((this.distrustedUntil.get(key) ?? 0) > now) return value;

    const entry = { until: now + TTL_MS, value };
    this.makeRoom();
    this.entries.set(key, entry);
    value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return value;
  }

  /**
   * To be called inside the transaction that changes what is behind the key. Until that has committed others still read the old rows, so
   * for a while nothing is remembered at all instead of dropping the entry once.
   */
  distrust(key: string): void {
    const now = this.clock.now();
    for (const [old, until] of this.distrustedUntil) if (until <= now) this.distrustedUntil.delete(old);
    this.distrustedUntil.set(key, now + TTL_MS);
    this.entries.delete(key);
  }

  private makeRoom(): void {
    if (this.entries.size < MAX_ENTRIES) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
