/** When the first call of a UTC day was refused because the account's daily cap would not hold it. */
export class SpendCapReached {
  static readonly eventName = 'spend.cap-reached';
  constructor(
    readonly accountId: string,
    /** The day's first instant. */
    readonly day: number,
  ) {}
}
