import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionOpened, SessionUpdated } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/database.js';
import { Events } from '../../platform/events/events.js';
import { newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { isBusy } from '../answer/read-seat.js';
import { CALL_REQUESTS } from '../call-request.entity.js';
import { PLACE_CALL } from './ring-first-party.js';

/** Nobody who pressed "call me" waits longer for the phone to ring. */
const PLACE_WITHIN_MS = 120_000;

/**
 * Turns the wish to be called into a request and its job, in the transaction that opened or renewed the session. While a conversation or another
 * request of the session is on, the button does nothing.
 */
@Injectable()
export class RequestCall implements OnModuleInit {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(SessionOpened, async (tx, { session, isCallRequested }) => {
      if (isCallRequested) await this.run(tx, session.accountId, session.id);
    });
    this.events.subscribe(SessionUpdated, async (tx, event) => {
      if (event.isCallRequested) await this.run(tx, event.accountId, event.sessionId);
    });
  }

  async run(tx: Tx, accountId: string, sessionId: string): Promise<void> {
    const now = this.clock.now();
    if (await isBusy(tx, sessionId, now)) return;

    const id = newId();
    const pendingUntil = now + PLACE_WITHIN_MS;
    await CALL_REQUESTS.insert(tx, { id, accountId, sessionId, status: 'wanted', createdAt: now, pendingUntil });
    await this.jobs.enqueue(tx, PLACE_CALL, { requestId: id });
  }
}
