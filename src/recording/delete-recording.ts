import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { PlivoClient } from '../plivo/index.js';
import { hasSession } from '../sessions/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { LONGEST_CALL_MS, LOOK, LOOK_AFTER_MS, lookKey } from './looking.js';
import { RECORDINGS, type Recording } from './recording.entity.js';
import { IDS, readRecording, sealedPlace } from './recording-rows.js';
import { RecordingStore } from './recording-store.js';

export const DELETE = 'recordings.delete';
const LONGEST_PAUSE_SECONDS = 6 * 3600;
const FIRST_PAUSE_SECONDS = 30;
/** After its call was connected: the longest call, and an hour in which Plivo may still name its recording. */
const NAMED_WITHIN_MS = LONGEST_CALL_MS + HOUR_MS;

export type LateRecording = Pick<Recording, 'id' | 'status' | 'plivoIndex' | 'createdAt'>;

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
    if ((await readRecording(tx, { id: recordingId })) === null) throw new NotFound();
    return this.order(tx, recordingId);
  }

  /** Every recording of a session, whatever state it is in; returns how many there were to delete. */
  async ofSession(tx: Tx, sessionId: string): Promise<number> {
    const found = await IDS.read(tx, 'FROM recording WHERE session_id = ?', [sessionId]);
    let ordered = 0;
    for (const { id } of found) if (await this.order(tx, id)) ordered += 1;
    return ordered;
  }

  /** One of which there is no copy, as far as is known: what Plivo may yet name of it is deleted there. False where that time is over. */
  async late(tx: Tx, { id, status, plivoIndex, createdAt }: LateRecording): Promise<boolean> {
    const until = createdAt + NAMED_WITHIN_MS;
    if (plivoIndex !== null || until <= this.clock.now()) return false;
    if (status === 'deleted') await this.awaitName(tx, id, until);
    else await this.order(tx, id);
    return true;
  }

  private async order(tx: Tx, recordingId: string): Promise<boolean> {
    const changed = await RECORDINGS.update(
      tx,
      { status: 'deleting', fileKey: null, mediaUrl: null },
      "WHERE id = ? AND status NOT IN ('deleting', 'deleted')",
      [recordingId],
    );
    if (changed > 0) await this.jobs.enqueue(tx, DELETE, { recordingId }, { key: deleteKey(recordingId) });
    return changed > 0;
  }

  private async run(recordingId: string): Promise<void> {
    const recording = await this.database.read((manager) => readRecording(manager, { id: recordingId }));
    if (recording?.status === 'deleted') return this.forget(recording);
    if (recording?.status !== 'deleting') return;
    if (recording.file !== null) await this.store.remove(recording.file);
    if (recording.plivoId !== null) {
      const credentials = await this.plivoAccess.of(recording.accountId, recording.subaccountId);
      const plivoId = this.crypto.open(sealedPlace('plivo_id', recording), recording.plivoId);
      // 204 and 404 both mean that Plivo has it no more; all else throws.
      await this.plivo.deleteRecording(credentials, plivoId);
    }

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

  /** Of a forgotten session nobody asks when that was. What Plivo has not named by then may yet come, and is then to be deleted there. */
  private async afterwards(tx: Tx, { id: recordingId, sessionId, plivoIndex, createdAt }: Recording): Promise<void> {
    if (await hasSession(tx, sessionId)) return;
    const runAt = createdAt + NAMED_WITHIN_MS;
    if (plivoIndex !== null || runAt <= this.clock.now())
      return void (await change(tx, 'DELETE FROM recording WHERE id = ?', [recordingId]));
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
