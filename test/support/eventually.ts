import { setTimeout as pause } from 'node:timers/promises';

/** `SLOW_BROWSER=6`: pages have a sixth of the processor, so that whatever is awaited by luck alone is not there yet. docs/testing.md. */
export const SLOWER = Number(process.env.SLOW_BROWSER ?? 1);
/** For one step of a person; more than any takes on a busy machine. */
export const PATIENCE_MS = 10_000 * SLOWER;
const LOOK_EVERY_MS = 25;

/**
 * Looks until what is stated holds, and fails with what was seen last. For whatever comes by itself after a click, a key or a request: read once, it may still
 * be as it was before, and a wait that was over beforehand says nothing about it.
 */
export async function eventually<T>(state: () => T | Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await state();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await pause(LOOK_EVERY_MS);
  }
}
