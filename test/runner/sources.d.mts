interface Test {
  path: string;
}
interface Seconds {
  busy: number;
  waits: number;
}

export const LONG_FILES: Record<string, Seconds>;
export function sourcesOf<T extends Test>(
  tests: T[],
  config: { maxWorkers: number; rootDir: string },
  longFiles?: Record<string, Seconds>,
): (() => T | undefined)[];
