/** When a session has got its number. */
export class NumberAssigned {
  static readonly eventName = 'number.assigned';
  constructor(
    readonly accountId: string,
    readonly virtualNumberId: number,
    readonly sessionId: string,
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
