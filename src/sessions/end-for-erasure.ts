import { Injectable } from '@nestjs/common';
import { keepPlaces, NumberReleased, releaseHolds } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { marks } from '../platform/database/rows.js';
import { Events } from '../platform/events/events.js';
import { moveCounts } from './count-sessions.js';
import { cooloffMs, LATE_TEXT_MS } from './session-hold.js';
import { SessionRecords, WHOLE, type SessionRecord } from './session-record.js';
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

  /**
   * Those of these that have not ended, or of which it was not recorded yet; of those with texts, also of ended ones, the places stay theirs for as long as
   * one may be late. The caller holds their rows.
   */
  async run(tx: Tx, sessionIds: string[]): Promise<void> {
    const now = this.clock.now();
    const rest = `FROM masking_session ${this.database.byPrimaryKey} WHERE id IN (${marks(sessionIds)}) AND (+status = 'active' OR expires_at > ?)`;
    const found = (await WHOLE.read(tx, rest, [...sessionIds, now - LATE_TEXT_MS])).map((row) =>
      this.records.fromRow(row),
    );
    const active = found.filter(({ status }) => status === 'active');
    if (active.length > 0) await this.end(tx, active, now);
    // That a place had another session is seen by that session, which is about to be gone.
    for (const { id, settings, expiresAt } of found)
      if (settings.messaging_since !== undefined)
        await keepPlaces(tx, this.database, [id], Math.min(expiresAt, now) + LATE_TEXT_MS);
  }

  private async end(tx: Tx, active: SessionRecord[], now: number): Promise<void> {
    const ended = active.map((session) => ({ ...session, endedAt: Math.min(session.expiresAt, now) }));
    await change(
      tx,
      `UPDATE masking_session ${this.database.byPrimaryKey} SET status = 'expired', pair_index = NULL, modified_at = ?,
       expires_at = CASE WHEN expires_at > ? THEN ? ELSE expires_at END WHERE id IN (${marks(ended)})`,
      [now, now, now, ...ended.map(({ id }) => id)],
    );
    const byFreeAfter = new Map<number, string[]>();
    for (const { id, endedAt, settings } of ended) {
      const freeAfter = endedAt + (settings.messaging_since === undefined ? cooloffMs(settings) : LATE_TEXT_MS);
      byFreeAfter.set(freeAfter, [...(byFreeAfter.get(freeAfter) ?? []), id]);
    }
    for (const [freeAfter, ids] of byFreeAfter) await releaseHolds(tx, this.database, ids, freeAfter);
    const moved = active.map((before, place) => ({ before, expiresAt: ended[place]?.endedAt ?? now }));
    await moveCounts(tx, this.database, moved);

    for (const [freeAfter, ids] of byFreeAfter)
      for (const { id, accountId, endedAt } of ended.filter((one) => ids.includes(one.id))) {
        await this.events.publish(tx, new NumberReleased(accountId, id, freeAfter));
        await this.events.publish(tx, new SessionEnded(accountId, id, 'expired', endedAt));
      }
    await this.events.publish(tx, new SessionsExpired(ended));
  }
}
