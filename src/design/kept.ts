import { useSyncExternalStore } from 'react';

/** What a person chose, kept by the browser for this origin. A browser that keeps nothing forgets it with the page. */
export class Kept<Value extends string> {
  private value: Value;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly name: string,
    allowed: readonly Value[],
    otherwise: Value,
  ) {
    const stored = read(name);
    this.value = allowed.find((one) => one === stored) ?? otherwise;
  }

  readonly get = (): Value => this.value;

  set(value: Value): void {
    this.value = value;
    try {
      localStorage.setItem(this.name, value);
    } catch {
      // Storage is switched off, or full.
    }
    for (const listener of this.listeners) listener();
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export function useKept<Value extends string>(kept: Kept<Value>): Value {
  return useSyncExternalStore(kept.listen, kept.get);
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
