import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isInProgress, SessionOpened, SessionUpdated } from '../../sessions/index.js';
import { Clock } from '../../platform/clock.js';
import type { Tx } from '../../platform/database/database.js';
import { Events } from '../../platform/events/events.js';
import { newId } from '../../platform/ids.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { PLACE_CALL } from './ring-first-party.js';

/** Nobody who pressed "call me" waits longer for the phone to ring. */
export const PLACE_WITHIN_MS = 120_000;

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
    const pending = (await tx.query(
      "SELECT id FROM call_request WHERE session_id = ? AND status IN ('wanted', 'placing', 'placed') AND pending_until > ?",
      [sessionId, now],
    )) as unknown[];
    if (pending.length > 0 || (await isInProgress(tx, sessionId, now))) return;

    const id = newId();
    await tx.query(
      `INSERT INTO call_request (id, account_id, session_id, status, created_at, pending_until) VALUES (?, ?, ?, 'wanted', ?, ?)`,
      [id, accountId, sessionId, now, now + PLACE_WITHIN_MS],
    );
    await this.jobs.enqueue(tx, PLACE_CALL, { requestId: id });
  }
}
