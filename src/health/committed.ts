import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../platform/database/database.js';

/** Events are told inside transactions that may yet fail or run again. What they count is counted when they are committed. */
// Not `then`: Nest awaits what it makes.
@Injectable()
export class Committed {
  private readonly waiting = new WeakMap<Tx, (() => void)[]>();

  constructor(database: Database) {
    database.onCommit((tx) => {
      for (const count of this.waiting.get(tx) ?? []) count();
    });
  }

  count(tx: Tx, count: () => void): void {
    const earlier = this.waiting.get(tx);
    if (earlier === undefined) this.waiting.set(tx, [count]);
    else earlier.push(count);
  }
}
