import { chmodSync, closeSync, openSync, statSync } from 'node:fs';

const OTHERS = 0o077;

/** What lies beside a SQLite file takes its mode when it is made; what is there from before is mended. */
const BESIDE = ['', '-wal', '-shm', '-journal'];

/** The file is its owner's alone, as the keys are: also where the umask, or an earlier version, would leave it open to others. */
export function keepPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch {
    // The driver says better what is wrong with it.
    return;
  }
  for (const name of BESIDE.map((end) => file + end)) {
    try {
      const { mode } = statSync(name);
      if ((mode & OTHERS) !== 0) chmodSync(name, mode & ~OTHERS & 0o777);
    } catch {
      // Not there, or another user's, who has to answer for it.
    }
  }
}
