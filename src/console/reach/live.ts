import { useEffect, useRef, useSyncExternalStore } from 'react';

export type LiveKind = 'call' | 'session' | 'callback' | 'pool' | 'job';

export interface LiveEvent {
  kind: LiveKind;
  /** Null where it is not said what has changed. */
  id: string | null;
}

const KINDS: readonly LiveKind[] = ['call', 'session', 'callback', 'pool', 'job'];
/** Without events lists are asked for as often. */
const POLL_EVERY_MS = 5000;
/** A busy service changes something all the time. */
const TELL_AT_MOST_EVERY_MS = 1000;

type Listener = (event: LiveEvent) => void;

/** What happens in the service, as it happens; where its events do not come, everybody is told every five seconds that something may have changed. */
class Live {
  private source: EventSource | null = null;
  private poll: ReturnType<typeof setInterval> | null = null;
  private readonly listeners = new Set<Listener>();
  private readonly watchers = new Set<() => void>();
  private state: 'live' | 'polling' = 'polling';

  readonly getState = (): 'live' | 'polling' => this.state;

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.close();
    };
  }

  private open(): void {
    this.startPolling();
    this.connect();
  }

  private connect(): void {
    this.source = new EventSource('./admin/events');
    this.source.addEventListener('open', () => this.stopPolling());
    // The browser tries again by itself, unless something was answered that are no events: by a proxy, say, while the service starts.
    this.source.addEventListener('error', () => this.startPolling());
    for (const kind of KINDS)
      this.source.addEventListener(kind, ({ data }: MessageEvent<string>) => this.tell({ kind, id: idIn(data) }));
  }

  private close(): void {
    this.source?.close();
    this.source = null;
    if (this.poll !== null) clearInterval(this.poll);
    this.poll = null;
  }

  private startPolling(): void {
    this.poll ??= setInterval(() => {
      if (this.source?.readyState === EventSource.CLOSED) this.connect();
      if (document.visibilityState === 'visible') for (const kind of KINDS) this.tell({ kind, id: null });
    }, POLL_EVERY_MS);
    this.become('polling');
  }

  private stopPolling(): void {
    if (this.poll !== null) clearInterval(this.poll);
    this.poll = null;
    this.become('live');
  }

  private become(state: 'live' | 'polling'): void {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }

  private tell(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

const live = new Live();

export function useLiveState(): 'live' | 'polling' {
  return useSyncExternalStore(live.watch, live.getState);
}

/** Calls back when something of these kinds has changed, at most once a second, and once more after the last change. */
export function useLive(kinds: readonly LiveKind[], onChange: () => void): void {
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  const asked = kinds.join();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let toldAt = 0;
    const tell = (): void => {
      timer = null;
      toldAt = performance.now();
      latest.current();
    };
    const stop = live.listen(({ kind }) => {
      if (!asked.split(',').includes(kind) || timer !== null) return;
      timer = setTimeout(tell, Math.max(0, toldAt + TELL_AT_MOST_EVERY_MS - performance.now()));
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [asked]);
}

function idIn(data: string): string | null {
  try {
    const { id } = JSON.parse(data) as { id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
