import { Injectable } from '@nestjs/common';
import { NumberReleased, releaseHold } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { marks } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { SESSIONS } from './session.entity.js';
import { SessionRecords, WHOLE } from './session-record.js';
import { SessionEnded, SessionsExpired } from './sessions.events.js';

/**
 * Ends sessions because one of their parties is to be erased. Unlike after a delete of their customer's own these hear of it, by `SessionTimeout`, as when their
 * time is over. A running call goes on.
 */
@Injectable()
export class EndForErasure {
  constructor(
    private readonly clock: Clock,
    private readonly database: Database,
    private readonly events: Events,
    private readonly records: SessionRecords,
  ) {}

  /** Those of these that have not ended, or of which it was not recorded yet. The caller holds their rows. */
  async run(tx: Tx, sessionIds: string[]): Promise<void> {
    const rest = `FROM masking_session ${this.database.byPrimaryKey} WHERE id IN (${marks(sessionIds)}) AND status = 'active'`;
    const active = (await WHOLE.read(tx, rest, sessionIds)).map((row) => this.records.fromRow(row));
    const now = this.clock.now();
    for (const session of active) {
      const { id, accountId, settings } = session;
      const endedAt = Math.min(session.expiresAt, now);
      const ended = { status: 'expired', pairIndex: null, modifiedAt: now, expiresAt: endedAt } as const;
      await SESSIONS.update(tx, ended, 'WHERE id = ?', [id]);
      const freeAfter = endedAt + settings.virtual_number_cooloff_period * 1000;
      await releaseHold(tx, id, freeAfter);
      await this.records.moveCount(tx, session, endedAt);
      await this.events.publish(tx, new NumberReleased(accountId, id, freeAfter));
      await this.events.publish(tx, new SessionEnded(accountId, id, 'expired', endedAt));
      await this.events.publish(tx, new SessionsExpired([{ ...session, endedAt }]));
    }
  }
}
