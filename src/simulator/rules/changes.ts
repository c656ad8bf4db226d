export interface Listener {
  changed: () => void;
  /** Nothing will change any more. */
  closed: () => void;
}

/** Lets a request wait until something in the simulator becomes true. */
export class Changes {
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Set<Listener>();

  notify(): void {
    for (const watcher of this.watchers) watcher();
    for (const { changed } of this.listeners) changed();
  }

  /** Tells of every change; the answer ends that. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.closed) listener.closed();
    return () => this.listeners.delete(listener);
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
    for (const { closed } of this.listeners) closed();
  }

  private closed = false;
}
