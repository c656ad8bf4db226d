/** When it became known that a call has cost so much more, or less, than was known: Plivo's price and the account's own. */
export class CallCharged {
  static readonly eventName = 'call.charged';
  constructor(
    readonly accountId: string,
    /** Digits; empty where no number of the account's is known. */
    readonly virtualNumber: string,
    /** In micro-units. */
    readonly micros: number,
  ) {}
}

/** The same of a text. */
export class TextCharged {
  static readonly eventName = 'text.charged';
  constructor(
    readonly accountId: string,
    /** Digits; `unknown` where no number of the account's is known. */
    readonly virtualNumber: string,
    /** In micro-units. */
    readonly micros: number,
  ) {}
}

/** When a recount has found the statistics to be wrong. */
export class RecountDiffered {
  static readonly eventName = 'recount.differed';
  constructor(
    /** Grows with time. */
    readonly recountId: string,
    /** Texts too. */
    readonly callDifferences: number,
    readonly sessionDifferences: number,
    readonly sumDifferences: number,
    readonly isRepaired: boolean,
  ) {}
}
