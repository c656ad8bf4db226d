import { ProviderBusy } from './plivo.errors.js';

/** Plivo refuses an account's 301st request within five seconds. In any five these are 296 at the most: fifty texts a second are sent as they come. */
const PER_SECOND = 52;
const BURST = 36;
/** What only urgent requests may use: a person waits for a placed call, nobody for a record. */
const KEPT_FOR_URGENT = 10;
/** Whoever would wait longer comes back later instead, as if Plivo had said so itself. */
const LONGEST_WAIT_MS = 10_000;

export type Urgency = 'urgent' | 'patient';

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Spaces requests so that an account's limit at Plivo is not reached: a bucket of tokens for each account of this process. Urgent requests may
 * take the last tokens, so that reading many records never delays a call.
 */
export class RequestBudget {
  private readonly buckets = new Map<string, Bucket>();

  /** `now` in milliseconds of any steady clock. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** How long to wait before the next request, which is booked by this. Refuses when that is too long. */
  take(account: string, urgency: Urgency): number {
    const bucket = this.bucketOf(account);
    const floor = urgency === 'urgent' ? 0 : KEPT_FOR_URGENT;
    const missing = floor + 1 - bucket.tokens;
    const waitMs = missing <= 0 ? 0 : Math.ceil((missing / PER_SECOND) * 1000);
    if (waitMs > LONGEST_WAIT_MS) throw new ProviderBusy(Math.ceil(waitMs / 1000));
    bucket.tokens -= 1;
    return waitMs;
  }

  private bucketOf(account: string): Bucket {
    const at = this.now();
    const known = this.buckets.get(account);
    if (!known) {
      const bucket = { tokens: BURST, at };
      this.buckets.set(account, bucket);
      return bucket;
    }
    known.tokens = Math.min(BURST, known.tokens + ((at - known.at) / 1000) * PER_SECOND);
    known.at = at;
    return known;
  }
}
