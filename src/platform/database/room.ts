import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { change } from './statements.js';
import { isDiskFull, isReadOnly, type Tx } from './transaction.js';
import { PROCESS_ID } from '../this-process.js';

/** A small write may find room inside the log where a session does not: below this a disk that was full still is. */
const LEAST_BYTES = 1024 * 1024;

type Transaction = (work: (tx: Tx) => Promise<unknown>) => Promise<unknown>;

/** `full`: no room on its disk. `read-only`: it takes no writes, as a replica does. */
export type RoomState = 'ok' | 'full' | 'read-only';

/** Whether the database takes what is to be written: until a write fails because it does not, and again once one succeeds. */
export class Room {
  private state: RoomState = 'ok';

  /** `file`: of SQLite, null for others and for what is in memory. */
  constructor(
    private readonly file: string | null,
    private readonly transaction: Transaction,
  ) {}

  /** A failure of a write. */
  note(error: unknown): void {
    this.state = stateOf(error) ?? this.state;
  }

  /** Asks nobody while nothing has failed. */
  async look(): Promise<RoomState> {
    if (this.state === 'ok') return 'ok';
    if (this.state === 'full' && this.file !== null) {
      const { bsize, bavail } = await statfs(dirname(resolve(this.file)));
      if (bsize * bavail < LEAST_BYTES) return 'full';
    }
    try {
      await this.transaction((tx) => change(tx, 'UPDATE process SET beats = beats + 1 WHERE id = ?', [PROCESS_ID]));
      this.state = 'ok';
    } catch (error) {
      const state = stateOf(error);
      if (state === null) throw error;
      this.state = state;
    }
    return this.state;
  }
}

function stateOf(error: unknown): Exclude<RoomState, 'ok'> | null {
  if (isDiskFull(error)) return 'full';
  return isReadOnly(error) ? 'read-only' : null;
}
