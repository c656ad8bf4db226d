/** Keeps the webhooks of one call in order: each waits until the one before has been tried once. */
export class Lane {
  private last: Promise<void> = Promise.resolve();
  private held: (() => void)[] = [];

  enter(): { turn: Promise<void>; leave: () => void } {
    const turn = this.last;
    let open: () => void = () => undefined;
    this.last = new Promise((resolve) => {
      open = resolve;
    });
    return {
      turn,
      leave: () => {
        open();
        for (const overtaken of this.held.splice(0)) overtaken();
      },
    };
  }

  /** Resolves once another webhook of this call has gone ahead. */
  overtaken(): Promise<void> {
    return new Promise((resolve) => {
      this.held.push(resolve);
    });
  }
}
