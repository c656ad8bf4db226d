import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { FindCalls, type FoundCall } from '../call-routing/index.js';
import { PlivoClient } from '../plivo/index.js';
import { lockSession } from '../sessions/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { Defer, Jobs } from '../platform/jobs/jobs.js';
import { isAwaited, isDeleted, listedWithin, LONGEST_CALL_MS, LOOK } from './looking.js';
import { NoteRecording } from './note-recording.js';
import { RecordingFailed } from './recording.events.js';
import { RECORDINGS, type Recording } from './recording.entity.js';
import { readRecording } from './recording-rows.js';

/** An hour after the call's end an empty list means that there is no recording. */
const WAIT_MS = HOUR_MS;
const LONGEST_PAUSE_SECONDS = 1200;

/** Asks Plivo for the recordings of a call of which no webhook came, and decides in the end that there is none. */
@Injectable()
export class LookForRecording implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly findCalls: FindCalls,
    private readonly noteRecording: NoteRecording,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<{ recordingId: string }>(
      LOOK,
      { leaseSeconds: 60, maxAttempts: 500, retryDelaySeconds: pauseSeconds },
      ({ recordingId }, { attempt }) => this.run(recordingId, attempt),
    );
  }

  async run(recordingId: string, attempt: number): Promise<void> {
    const recording = await this.database.read((manager) => readRecording(manager, recordingId));
    if (!recording || !isWanted(recording)) return;
    const found = (await this.findCalls.many([recording.callId])).get(recording.callId);
    if (!found) return;
    const settledAt = (found.call.endedAt ?? recording.createdAt + LONGEST_CALL_MS) + WAIT_MS;
    const leftMs = settledAt - this.clock.now();
    // Most of these calls were just not answered: one question at the end is enough.
    if (!wasAnswered(recording, found) && leftMs > 0) throw new Defer(leftMs / 1000, 'nobody has answered');

    const credentials = await this.plivoAccess.of(recording.accountId, recording.subaccountId);
    const told = await this.plivo.findRecordings(credentials, {
      callUuid: found.call.aLegUuid,
      ...listedWithin(recording.createdAt),
    });
    if (told.length === 0 && leftMs > 0) throw new Defer(pauseSeconds(attempt), 'no recording yet');

    await this.database.transaction(async (tx) => {
      await lockSession(tx, this.database, recording.sessionId);
      const now = await readRecording(tx, recordingId, this.database.forUpdate);
      if (!now || !isWanted(now)) return;
      for (const one of told) await this.noteRecording.found(tx, now.callId, one);
      if (told.length > 0 || !isAwaited(now)) return;
      if (wasAnswered(now, found)) {
        await RECORDINGS.update(tx, { status: 'failed', reason: 'missing' }, 'WHERE id = ?', [recordingId]);
        await this.events.publish(tx, new RecordingFailed(now.accountId, now.sessionId, now.callId, recordingId));
      } else await RECORDINGS.update(tx, { status: 'none' }, 'WHERE id = ?', [recordingId]);
    });
  }
}

/** Of deleted ones it is asked whether there are more. */
function isWanted(recording: Recording): boolean {
  return isAwaited(recording) || isDeleted(recording);
}

function wasAnswered({ status }: Recording, { legs }: FoundCall): boolean {
  return status === 'recording' || legs.some((leg) => leg.side === 'B' && leg.isAnswered);
}

function pauseSeconds(attempt: number): number {
  return Math.min(300 * 2 ** (attempt - 1), LONGEST_PAUSE_SECONDS);
}
