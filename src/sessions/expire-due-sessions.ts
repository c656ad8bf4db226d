import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { change, Database } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { SessionEnded } from './sessions.events.js';

/** Larger batches bring little (2,000 a transaction is 1.3 times 500) and hold their locks four times as long. */
const BATCH = 500;

/**
 * Ends the sessions whose time has passed, each once whatever the number of processes: rows that another process is ending are skipped.
 * A session is dead for routing and reading from its expiry on, before this runs; here it is recorded and announced. Its number needs no
 * write: `free_after` has said it all along.
 */
@Injectable()
export class ExpireDueSessions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
  ) {}

  /** Returns how many were ended. */
  async run(): Promise<number> {
    let total = 0;
    for (;;) {
      const ended = await this.endBatch();
      total += ended;
      if (ended < BATCH) return total;
    }
  }

  private endBatch(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const due = (await tx.query(
        `SELECT id, account_id, expires_at FROM masking_session WHERE status = 'active' AND expires_at <= ?
         ORDER BY expires_at LIMIT ${BATCH} ${this.database.forUpdateSkipLocked}`,
        [this.clock.now()],
      )) as { id: string; account_id: string; expires_at: number }[];
      if (due.length === 0) return 0;

      await change(
        tx,
        `UPDATE masking_session ${this.database.byPrimaryKey} SET status = 'expired', pair_index = NULL WHERE id IN (${due.map(() => '?').join(', ')})`,
        due.map((session) => session.id),
      );
      for (const session of due) {
        await this.events.publish(
          tx,
          new SessionEnded(session.account_id, session.id, 'expired', Number(session.expires_at)),
        );
      }
      return due.length;
    });
  }
}
