import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CallEnded, CallStarted, PartyAnswered } from '../call-routing/index.js';
import { Clock } from '../platform/clock.js';
import { change, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { announceStart } from './announce-start.js';
import { isLookedFor, LOOK, LOOK_AFTER_MS, lookKey } from './looking.js';
import { RECORDINGS } from './recording.entity.js';
import { recordingsOfCall } from './recording-rows.js';

/**
 * Knows of each call whether a recording is to be expected. The row is written in the transaction that answers Plivo, out of the settings that
 * the answer was made of: a session changed during a call changes the next one.
 */
@Injectable()
export class FollowCall implements OnModuleInit {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(CallStarted, (tx, event) => this.order(tx, event));
    this.events.subscribe(PartyAnswered, (tx, event) => this.begin(tx, event));
    this.events.subscribe(CallEnded, (tx, event) => this.lookSoon(tx, event));
  }

  private async order(tx: Tx, { session, callId }: CallStarted): Promise<void> {
    if (!session.settings.record) return;
    await RECORDINGS.insert(tx, {
      id: newId(),
      accountId: session.accountId,
      subaccountId: session.subaccountId,
      sessionId: session.id,
      callId,
      format: session.settings.record_file_format,
      status: 'ordered',
      createdAt: this.clock.now(),
      attempts: 0,
    });
  }

  /** Of a call that is not recorded this changes no row. */
  private async begin(tx: Tx, { callId }: PartyAnswered): Promise<void> {
    const sql = "UPDATE recording SET status = 'recording' WHERE call_id = ? AND status = 'ordered'";
    if ((await change(tx, sql, [callId])) === 0) return;
    const recording = (await recordingsOfCall(tx, callId)).find(({ status }) => status === 'recording');
    if (recording) await announceStart(tx, this.events, recording);
  }

  private async lookSoon(tx: Tx, { callId }: CallEnded): Promise<void> {
    const recording = (await recordingsOfCall(tx, callId)).find(isLookedFor);
    if (!recording) return;
    const payload = { recordingId: recording.id };
    await this.jobs.enqueue(tx, LOOK, payload, {
      key: lookKey(recording.id),
      runAt: this.clock.now() + LOOK_AFTER_MS,
    });
  }
}
