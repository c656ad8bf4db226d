import { Injectable } from '@nestjs/common';
import { NumberReleased, releaseHold } from '../number-pool/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Events } from '../platform/events/events.js';
import { SESSIONS } from './session.entity.js';
import { cooloffMs } from './session-hold.js';
import { isLive, SessionRecords, type SessionOwner } from './session-record.js';
import { SessionAlreadyExpired } from './sessions.errors.js';
import { SessionEnded } from './sessions.events.js';

/** Ends a session now; a running call goes on. Its number cools off from this moment. Refuses unknown and ended sessions. */
@Injectable()
export class EndSession {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly records: SessionRecords,
  ) {}

  async run(tx: Tx, owner: SessionOwner, id: string): Promise<void> {
    const session = await this.records.lock(tx, owner, id);
    if (!session) throw new NotFound();
    const now = this.clock.now();
    if (!isLive(session, now)) throw new SessionAlreadyExpired();

    await SESSIONS.update(tx, { status: 'expired', pairIndex: null, modifiedAt: now, expiresAt: now }, 'WHERE id = ?', [
      id,
    ]);
    const freeAfter = now + cooloffMs(session.settings);
    await releaseHold(tx, id, freeAfter);
    await this.records.moveCount(tx, session, now);

    await this.events.publish(tx, new NumberReleased(session.accountId, id, freeAfter));
    await this.events.publish(tx, new SessionEnded(session.accountId, id, 'deleted', now));
  }
}
