import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { marks, selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { SESSIONS } from './session.entity.js';
import { SessionEnded } from './sessions.events.js';

/** Larger batches bring little (2,000 a transaction is 1.3 times 500) and hold their locks four times as long. */
const BATCH = 500;

const DUE = selection(SESSIONS.pick(['id', 'accountId', 'expiresAt']));

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
      const due = await DUE.read(
        tx,
        `FROM masking_session WHERE status = 'active' AND expires_at <= ?
         ORDER BY expires_at LIMIT ${BATCH} ${this.database.forUpdateSkipLocked}`,
        [this.clock.now()],
      );
      if (due.length === 0) return 0;

      await SESSIONS.update(
        tx,
        { status: 'expired', pairIndex: null },
        `WHERE id IN (${marks(due)})`,
        due.map((session) => session.id),
        this.database.byPrimaryKey,
      );
      for (const { accountId, id, expiresAt } of due)
        await this.events.publish(tx, new SessionEnded(accountId, id, 'expired', expiresAt));
      return due.length;
    });
  }
}
