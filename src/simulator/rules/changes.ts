/** Lets a request wait until something in the simulator becomes true. */
export class Changes {
  private readonly watchers = new Set<() => void>();

  notify(): void {
    for (const watcher of this.watchers) watcher();
  }

  /** True as soon as `holds` does, false after `timeoutMs` of real time or when `isHopeless` says that it never will. */
  until(holds: () => boolean, timeoutMs: number, isHopeless: () => boolean = () => false): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (outcome: boolean) => {
        clearTimeout(limit);
        this.watchers.delete(look);
        resolve(outcome);
      };
      const look = () => {
        if (holds()) finish(true);
        else if (isHopeless() || this.closed) finish(false);
      };
      const limit = setTimeout(() => finish(false), timeoutMs);
      this.watchers.add(look);
      look();
    });
  }

  close(): void {
    this.closed = true;
    this.notify();
  }

  private closed = false;
}
