import { Clock } from '../platform/clock.js';

/** How long another process may still honour a secret that this one has just changed. */
const TTL_MS = 5_000;
/** Bounds the memory that requests with invented ids can take. */
const MAX_ENTRIES = 10_000;

/** How long a caller waits for news before the old is good enough. */
const PATIENCE_MS = 400;

/**
 * Remembers what was read for a key for at most 5 s, and for longer only while the database does not answer: webhooks must be told from forgeries
 * then too; "there is none" is remembered as well, so that an unknown key costs what a known one
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
    if (known) return this.refresh(key, known.value, value, now);

    return this.remember(key, value, now);
  }

  private remember(key: string, value: Promise<Value>, now: number): Promise<Value> {
    const entry = { until: now + TTL_MS, value };
    this.makeRoom();
    this.entries.set(key, entry);
    value.catch(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    return value;
  }

  /** The old value stays until the new one has come; who asks meanwhile waits a moment, then gets the old. */
  private async refresh(key: string, old: Promise<Value>, news: Promise<Value>, now: number): Promise<Value> {
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<Value>((resolve) => {
      timer = setTimeout(() => resolve(old), PATIENCE_MS);
    });
    const settled = news.then(
      (value) => {
        if ((this.distrustedUntil.get(key) ?? 0) <= now) void this.remember(key, news, now);
        return value;
      },
      () => old,
    );
    try {
      return await Promise.race([settled, impatience]);
    } finally {
      clearTimeout(timer);
    }
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
