/** When a session has got its number. */
export class NumberAssigned {
  static readonly eventName = 'number.assigned';
  constructor(
    readonly accountId: string,
    readonly virtualNumberId: number,
    readonly sessionId: string,
    /** How long finding and claiming it took, in milliseconds. */
    readonly tookMs: number,
  ) {}
}

/** When a session gives its number back before its time; natural expiry frees the number without an announcement. */
export class NumberReleased {
  static readonly eventName = 'number.released';
  constructor(
    readonly accountId: string,
    readonly sessionId: string,
    /** Milliseconds since 1970: from then on its parties may be given the number again. */
    readonly freeAfter: number,
  ) {}
}

/** When a pool has little or nothing left: at each look as long as it is so, and at each refusal. */
export class PoolRanLow {
  static readonly eventName = 'pool.ran-low';
  constructor(
    readonly accountId: string,
    /** Null: the main account's pool. */
    readonly subaccountId: string | null,
    /** ISO 3166 alpha-2. */
    readonly country: string,
    /** Sessions that were refused; 0 where headroom alone is low. */
    readonly refusals: number,
    /** As in `GET /admin/pool`; null where nobody has looked. */
    readonly figures: { available: number; numbersNeeded: number } | null,
  ) {}
}
