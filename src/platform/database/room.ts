import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { change } from './statements.js';
import { isDiskFull, type Tx } from './transaction.js';
import { PROCESS_ID } from '../this-process.js';

/** A small write may find room inside the log where a session does not: below this a disk that was full still is. */
const LEAST_BYTES = 1024 * 1024;

type Transaction = (work: (tx: Tx) => Promise<unknown>) => Promise<unknown>;

/** Whether the database has room for what is to be written: until a write fails for want of it, and again once one succeeds. */
export class Room {
  private isFull = false;

  /** `file`: of SQLite, null for others and for what is in memory. */
  constructor(
    private readonly file: string | null,
    private readonly transaction: Transaction,
  ) {}

  /** A failure of a transaction. */
  note(error: unknown): void {
    if (isDiskFull(error)) this.isFull = true;
  }

  /** Asks nobody while nothing has failed. */
  async isThere(): Promise<boolean> {
    if (!this.isFull) return true;
    if (this.file !== null) {
      const { bsize, bavail } = await statfs(dirname(resolve(this.file)));
      if (bsize * bavail < LEAST_BYTES) return false;
    }
    try {
      await this.transaction((tx) => change(tx, 'UPDATE process SET beats = beats + 1 WHERE id = ?', [PROCESS_ID]));
      this.isFull = false;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
    return !this.isFull;
  }
}
