import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Batches } from '../platform/database/purge-in-batches.js';
import { marks, selection } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { SESSIONS, type SessionSettings } from './session.entity.js';
import { SessionEnded, SessionsExpired } from './sessions.events.js';

/** Larger batches bring little (2,000 a transaction is 1.3 times 500) and hold their locks four times as long. */
const MOST = 512;

const DUE = selection(SESSIONS.pick(['id', 'accountId', 'subaccountId', 'virtualNumber', 'settings', 'expiresAt']));

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
    const batches = new Batches(this.database, MOST, { isUrgent: true });
    for (let total = 0; ;) {
      const { count, isLast } = await batches.next((tx, size) => this.endBatch(tx, size));
      total += count;
      if (isLast) return total;
    }
  }

  private async endBatch(tx: Tx, size: number): Promise<number> {
    const due = await DUE.read(
      tx,
      `FROM masking_session ${this.database.byIndex('masking_session_due')} WHERE status = 'active' AND expires_at <= ?
       ORDER BY expires_at LIMIT ${size} ${this.database.forUpdateSkipLocked}`,
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
    const expired = due.map(({ expiresAt: endedAt, settings, ...session }) => ({
      ...session,
      settings: JSON.parse(settings) as SessionSettings,
      endedAt,
    }));
    await this.events.publish(tx, new SessionsExpired(expired));
    return due.length;
  }
}
