/** When a recount has found the statistics to be wrong. */
export class RecountDiffered {
  static readonly eventName = 'recount.differed';
  constructor(
    /** Grows with time. */
    readonly recountId: string,
    readonly callDifferences: number,
    readonly sessionDifferences: number,
    readonly sumDifferences: number,
    readonly isRepaired: boolean,
  ) {}
}
