import { CommandFailure } from '../platform/command-failure.js';
import { systemCode } from '../platform/settings/config-problems.js';

/** Who waits for a backup or a restore, and may stop it. */
export interface Watcher {
  signal: AbortSignal;
  /** What is being done, and how many bytes of how many are. */
  tell: (what: string, done: number, total: number) => void;
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'SQLITE_FULL']);

/**
 * Why it ended early, in words. What is there already is used when it is run again: 5 where that goes on, 1 where something has to be done first.
 */
export function whyStopped(error: unknown, { signal }: Watcher, place: string): unknown {
  if (error instanceof CommandFailure) return error;
  if (signal.aborted) return new CommandFailure('stopped: run it again to go on', 5);
  const code = systemCode(rootOf(error));
  if (FULL.has(code)) return new CommandFailure(`no room left at ${place} (${code}): make room and run it again`, 5);
  if (code.startsWith('E') || code.startsWith('SQLITE_'))
    return new CommandFailure(`cannot go on at ${place} (${code})`);
  return error;
}

/** A store tells the code as its message. */
function rootOf(error: unknown): unknown {
  const { name, message } = Object(error) as { name?: string; message?: string };
  return name === 'StoreFailed' ? { code: message } : error;
}

/** Counts bytes for who watches. */
export function counterOf(watcher: Watcher, what: string, total: number): (bytes: number) => void {
  let done = 0;
  return (bytes) => {
    watcher.signal.throwIfAborted();
    done += bytes;
    watcher.tell(what, done, total);
  };
}
