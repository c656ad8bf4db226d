import { Injectable } from '@nestjs/common';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { purgeInBatches } from '../platform/database/purge-in-batches.js';
import { selection } from '../platform/database/rows.js';
import { PIN_ASSIGNMENTS } from './virtual-number.entity.js';

const MOST = 500;

const OVER = selection(PIN_ASSIGNMENTS.pick(['virtualNumberId', 'pinIndex'], 'p'));

/**
 * Forgets what answered for strangers once it has been free for an hour: unlike who had a number, it is no memory of anybody's. Long PINs are
 * hardly ever drawn twice, so their rows would pile up on each number and slow down the search for those that live.
 */
@Injectable()
export class PurgeStrangers {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Returns how many rows. */
  run(): Promise<number> {
    const end = this.clock.now() - HOUR_MS;
    return purgeInBatches(this.database, MOST, (tx, size) => purgeBatch(tx, end, size));
  }
}

/** Number by number, because that is how the index goes; numbers that have left the pool take their rows along by themselves. */
async function purgeBatch(tx: Tx, end: number, size: number): Promise<number> {
  const over = await OVER.read(
    tx,
    `FROM virtual_number n JOIN pin_assignment p ON p.virtual_number_id = n.id WHERE p.free_after <= ? LIMIT ${size}`,
    [end],
  );
  for (const { virtualNumberId, pinIndex } of over)
    await change(tx, 'DELETE FROM pin_assignment WHERE virtual_number_id = ? AND pin_index = ? AND free_after <= ?', [
      virtualNumberId,
      pinIndex,
      end,
    ]);
  return over.length;
}
