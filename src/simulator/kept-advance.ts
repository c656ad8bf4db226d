import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FILE = 'simulator-clock';

/**
 * How far somebody has moved the clock, kept in the data folder as milliseconds. What was stored meanwhile bears the moved time: without this it would
 * lie in the future after a restart, and sessions long expired would hold their numbers until real time had caught up.
 */
export class KeptAdvance {
  private readonly file: string;

  constructor(folder: string) {
    this.file = join(resolve(folder), FILE);
  }

  /** 0 where nothing was kept, or nothing readable. */
  read(): number {
    let text: string;
    try {
      text = readFileSync(this.file, 'utf8').trim();
    } catch {
      return 0;
    }
    return /^\d{1,15}$/.test(text) ? Number(text) : 0;
  }

  write(milliseconds: number): void {
    const draft = `${this.file}.${process.pid}.draft`;
    writeFileSync(draft, `${Math.round(milliseconds)}\n`, { mode: 0o600 });
    renameSync(draft, this.file);
  }
}
