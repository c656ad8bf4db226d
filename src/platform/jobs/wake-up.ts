/** Lets one loop sleep until it is called. A call that comes while the loop is busy is kept, so none is lost. */
export class WakeUp {
  private isCalled = false;
  private wake: (() => void) | null = null;

  call(): void {
    this.isCalled = true;
    this.wake?.();
  }

  /** Returns at the next call, at once if there was one since the last return, when `other` is settled, or after `maxMs`. */
  async wait(maxMs?: number, other?: Promise<void>): Promise<void> {
    if (!this.isCalled) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        void other?.then(resolve);
        if (maxMs !== undefined) timer = setTimeout(resolve, maxMs);
      });
      clearTimeout(timer);
      this.wake = null;
    }
    this.isCalled = false;
  }
}
