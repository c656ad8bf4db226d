import { Clock } from '../platform/clock.js';
import { within } from '../platform/within.js';

/** How long another process may still honour a secret that this one has just changed. */
const TTL_MS = 5_000;
/** Bounds the memory that requests with invented ids can take. */
const MAX_ENTRIES = 10_000;

/** How long a caller waits for news before the old is good enough. */
const PATIENCE_MS = 400;
/** A read that takes longer than this may never end: the next caller begins another one. */
const HUNG_AFTER_MS = 5_000;

interface Reading<Value> {
  value: Promise<Value>;
  /** By a clock that nobody sets. */
  begunAt: number;
  /** Somebody has waited for it as long as anybody does. Said by whose patience ended: a timer may fire a moment before the clock says so. */
  isSlow: boolean;
  /** The one that begins when this one has ended, for callers to whom what this one reads may be too old. */
  next: Reading<Value> | null;
}

/**
 * Remembers what was read for a key for at most 5 s, and for longer only while the database does not answer: webhooks must be told from forgeries
 * then too; "there is none" is remembered as well, so that an unknown key costs what a known one does.
 *
 * However many ask, a key is read once at a time: a database that hangs is asked by one caller, and a change is followed by two reads and not by one
 * for each caller.
 */
export class ShortLived<Value> {
  private readonly entries = new Map<string, { until: number; value: Value }>();
  private readonly readings = new Map<string, Reading<Value>>();
  private readonly distrustedUntil = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly load: (key: string) => Promise<Value>,
  ) {}

  async get(key: string): Promise<Value> {
    const now = this.clock.now();
    const known = this.entries.get(key);
    // The second condition is for a wall clock that was set back.
    if (known && known.until > now && known.until - now <= TTL_MS) return known.value;

    // Who asks twice while the database is silent does not wait twice.
    const running = this.readings.get(key);
    if (known && running?.isSlow && !isHung(running)) return known.value;

    const news = this.read(key);
    return known ? orTheOld(known.value, news) : news.value;
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

  private isDistrusted(key: string): boolean {
    return (this.distrustedUntil.get(key) ?? 0) > this.clock.now();
  }

  private read(key: string): Reading<Value> {
    const running = this.readings.get(key);
    if (!running || isHung(running)) return this.begin(key);
    if (!this.isDistrusted(key)) return running;
    // What is being read may have been read before the change that this caller knows of.
    running.next ??= this.beginAfter(key, running);
    return running.next;
  }

  private beginAfter(key: string, running: Reading<Value>): Reading<Value> {
    const reading: Reading<Value> = { begunAt: performance.now(), isSlow: false, next: null, value: running.value };
    const begin = (): Promise<Value> => {
      reading.begunAt = performance.now();
      this.readings.set(key, reading);
      return this.load(key);
    };
    reading.value = running.value.then(begin, begin);
    this.settle(key, reading);
    return reading;
  }

  private begin(key: string): Reading<Value> {
    const reading = { value: this.load(key), begunAt: performance.now(), isSlow: false, next: null };
    this.readings.set(key, reading);
    this.settle(key, reading);
    return reading;
  }

  private settle(key: string, reading: Reading<Value>): void {
    const end = (): void => {
      if (this.readings.get(key) === reading) this.readings.delete(key);
    };
    reading.value.then((value) => {
      // What hung may be from before a change, and have been read again since.
      const isNew = this.readings.get(key) === reading && !isHung(reading);
      if (isNew && !this.isDistrusted(key)) this.remember(key, value);
      end();
    }, end);
  }

  private remember(key: string, value: Value): void {
    if (this.entries.size >= MAX_ENTRIES) {
      const [oldest] = this.entries.keys();
      if (oldest !== undefined) this.entries.delete(oldest);
    }
    this.entries.delete(key);
    this.entries.set(key, { until: this.clock.now() + TTL_MS, value });
  }
}

/** It may never end. */
function isHung({ begunAt }: { begunAt: number }): boolean {
  return performance.now() - begunAt > HUNG_AFTER_MS;
}

/** The old value stays until the new one has come; who asks meanwhile waits a moment, then gets the old. */
function orTheOld<Value>(old: Value, news: Reading<Value>): Promise<Value> {
  const inTime = news.value.catch(() => old);
  return within(PATIENCE_MS, inTime, () => {
    news.isSlow = true;
    return old;
  });
}
