import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import { change, Database } from '../database/database.js';
import { purgeInBatches } from '../database/purge-in-batches.js';

const KEPT_MS = 7 * 24 * 3600 * 1000;
const MOST = 1000;

/** Forgets the keys that are older than 7 days. */
@Injectable()
export class PurgeIdempotencyKeys {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Returns how many it removed. */
  run(): Promise<number> {
    const before = this.clock.now() - KEPT_MS;
    // SQLite is built without DELETE ... LIMIT; MySQL takes no LIMIT in a subquery.
    const sql = this.database.isSqlite
      ? 'DELETE FROM idempotency_key WHERE rowid IN (SELECT rowid FROM idempotency_key WHERE created_at < ? LIMIT ?)'
      : 'DELETE FROM idempotency_key WHERE created_at < ? LIMIT ?';
    return purgeInBatches(this.database, MOST, (tx, size) => change(tx, sql, [before, size]));
  }
}
