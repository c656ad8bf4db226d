import { Injectable } from '@nestjs/common';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { change, Database, type Tx } from '../../platform/database/database.js';
import { purgeInBatches } from '../../platform/database/purge-in-batches.js';
import { marks, selection } from '../../platform/database/rows.js';
import { PIN_FAILURES } from './pin-failure.entity.js';
import { PIN_GATES } from './pin-gate.entity.js';

const MOST = 500;

const FAILURES = selection(PIN_FAILURES.pick(['id']));
const GATES = selection(PIN_GATES.pick(['accountId', 'gate']));

/**
 * Forgets wrong PINs that no lock counts any more, and gates where nothing was judged for as long: after an hour both are as if they had never
 * been. Rows that a guess holds are passed over until the next hour. A caller's gate, which keeps no instant, goes with every purge; the next guess
 * makes it anew.
 */
@Injectable()
export class PurgePinLocks {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Returns how many rows. */
  async run(): Promise<number> {
    const end = this.clock.now() - HOUR_MS;
    const failures = await purgeInBatches(this.database, MOST, (tx, size) => this.failures(tx, end, size));
    return failures + (await purgeInBatches(this.database, MOST, (tx, size) => this.gates(tx, end, size)));
  }

  /** By the key, which grows with time: the oldest are found at once, and what is left is an hour's at most. */
  private async failures(tx: Tx, end: number, size: number): Promise<number> {
    const old = await FAILURES.read(
      tx,
      `FROM pin_failure WHERE failed_at <= ? ORDER BY id LIMIT ${size} ${this.database.forUpdateSkipLocked}`,
      [end],
    );
    if (old.length === 0) return 0;
    const ids = old.map(({ id }) => id);
    await change(tx, `DELETE FROM pin_failure WHERE id IN (${marks(ids)})`, ids);
    return old.length;
  }

  private async gates(tx: Tx, end: number, size: number): Promise<number> {
    const old = await GATES.read(
      tx,
      `FROM pin_gate WHERE judged_at <= ? ORDER BY account_id, gate LIMIT ${size} ${this.database.forUpdateSkipLocked}`,
      [end],
    );
    for (const { accountId, gate } of old)
      await change(tx, 'DELETE FROM pin_gate WHERE account_id = ? AND gate = ? AND judged_at <= ?', [
        accountId,
        gate,
        end,
      ]);
    return old.length;
  }
}
