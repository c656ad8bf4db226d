import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { PlivoClient } from '../plivo/index.js';
import { hasSession } from '../sessions/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { legUuidOf } from '../call-routing/index.js';
import { listedWithin, LONGEST_CALL_MS, LOOK, LOOK_AFTER_MS, lookKey } from './looking.js';
import { RECORDINGS, type Recording } from './recording.entity.js';
import { IDS, readRecording, sealedPlace } from './recording-rows.js';
import { RecordingStore } from './recording-store.js';

export const DELETE = 'recordings.delete';
const LONGEST_PAUSE_SECONDS = 6 * 3600;
const FIRST_PAUSE_SECONDS = 30;
/** After its call was connected: the longest call, and an hour in which Plivo may still name its recording. */
const NAMED_WITHIN_MS = LONGEST_CALL_MS + HOUR_MS;

export type LateRecording = Pick<Recording, 'id' | 'callId' | 'status' | 'createdAt'>;

export function deleteKey(recordingId: string): string {
  return `${DELETE}:${recordingId}`;
}

/**
 * Deletes a recording for good: from its commit on nobody can hear it, as the file's key goes with it; then a job removes the file and Plivo's copy
 * and asks until both are gone. The row stays and says when that was, as long as its session is kept.
 */
@Injectable()
export class DeleteRecording implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly jobs: Jobs,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly store: RecordingStore,
  ) {}

  onModuleInit(): void {
    const retryDelaySeconds = (attempt: number): number =>
      Math.min(FIRST_PAUSE_SECONDS * 4 ** (attempt - 1), LONGEST_PAUSE_SECONDS) * (0.8 + 0.4 * Math.random());
    this.jobs.handle<{ recordingId: string }>(
      DELETE,
      { leaseSeconds: 120, maxAttempts: 1000, retryDelaySeconds },
      ({ recordingId }) => this.run(recordingId),
    );
  }

  /** Refuses a recording that nobody knows; one that is deleted already stays so. Returns whether there was one to delete. */
  async request(tx: Tx, recordingId: string): Promise<boolean> {
    const recording = await readRecording(tx, recordingId);
    if (recording === null) throw new NotFound();
    return this.order(tx, recording);
  }

  /** One of which there is no copy, as far as is known: what Plivo may yet name of its call is deleted there. False where that time is over. */
  async late(tx: Tx, recording: LateRecording): Promise<boolean> {
    const until = recording.createdAt + NAMED_WITHIN_MS;
    if (until <= this.clock.now()) return false;
    if (recording.status === 'deleted') await this.awaitName(tx, recording.id, until);
    else await this.order(tx, recording);
    return true;
  }

  /** With it go all of its call: who asks may have been told of one alone. */
  private async order(tx: Tx, { id: recordingId, callId }: Pick<Recording, 'id' | 'callId'>): Promise<boolean> {
    const rest = "WHERE call_id = ? AND status NOT IN ('deleting', 'deleted')";
    const going = await IDS.read(tx, `FROM recording ${rest} ${this.database.forUpdate}`, [callId]);
    if (going.length === 0) return false;
    await RECORDINGS.update(tx, { status: 'deleting', fileKey: null, mediaUrl: null }, rest, [callId]);
    for (const { id } of going) await this.jobs.enqueue(tx, DELETE, { recordingId: id }, { key: deleteKey(id) });
    return going.some(({ id }) => id === recordingId);
  }

  private async run(recordingId: string): Promise<void> {
    const recording = await this.database.read((manager) => readRecording(manager, recordingId));
    if (recording?.status === 'deleted') return this.forget(recording);
    if (recording?.status !== 'deleting') return;
    if (recording.file !== null) await this.store.remove(recording.file);
    if (recording.plivoId !== null) await this.deleteAtPlivo(recording, recording.plivoId);

    const isGone = await this.database.transaction(async (tx) => {
      const noted = await RECORDINGS.update(
        tx,
        {
          status: 'deleted',
          file: null,
          plivoId: null,
          size: null,
          checksum: null,
          deletedAt: this.clock.now(),
        },
        "WHERE id = ? AND status = 'deleting' AND COALESCE(plivo_index, '') = ?",
        [recordingId, recording.plivoIndex ?? ''],
      );
      if (noted > 0) await this.afterwards(tx, recording);
      return noted > 0;
    });
    if (!isGone) throw new RetryLater(1, 'Plivo named it meanwhile');
  }

  /** It, and whatever else Plivo has made of its call: of that nobody may have told. */
  private async deleteAtPlivo(recording: Recording, sealedId: string): Promise<void> {
    const { accountId, subaccountId, callId, createdAt } = recording;
    const credentials = await this.plivoAccess.of(accountId, subaccountId);
    const plivoId = this.crypto.open(sealedPlace('plivo_id', recording), sealedId);
    // 204 and 404 both mean that Plivo has it no more; all else throws.
    await this.plivo.deleteRecording(credentials, plivoId);
    const callUuid = recording.callUuid ?? (await this.database.read((manager) => legUuidOf(manager, callId)));
    if (callUuid === null) return;
    const others = await this.plivo.findRecordings(credentials, { callUuid, ...listedWithin(createdAt) });
    for (const { recordingId } of others) await this.plivo.deleteRecording(credentials, recordingId);
  }

  /** Of a forgotten session nobody asks when that was. What Plivo has not named by then may yet come, and is then to be deleted there. */
  private async afterwards(tx: Tx, { id: recordingId, sessionId, createdAt }: Recording): Promise<void> {
    if (await hasSession(tx, sessionId)) return;
    const runAt = createdAt + NAMED_WITHIN_MS;
    if (runAt <= this.clock.now()) return void (await change(tx, 'DELETE FROM recording WHERE id = ?', [recordingId]));
    await this.awaitName(tx, recordingId, runAt);
  }

  private async awaitName(tx: Tx, recordingId: string, until: number): Promise<void> {
    const key = `${deleteKey(recordingId)}:late`;
    await this.jobs.enqueue(tx, DELETE, { recordingId }, { runAt: until, key });
    const runAt = this.clock.now() + LOOK_AFTER_MS;
    await this.jobs.enqueue(tx, LOOK, { recordingId }, { runAt, key: lookKey(recordingId) });
  }

  private async forget({ id, sessionId }: Recording): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (await hasSession(tx, sessionId)) return;
      await change(tx, "DELETE FROM recording WHERE id = ? AND status = 'deleted'", [id]);
    });
  }
}
