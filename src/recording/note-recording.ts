import { Injectable } from '@nestjs/common';
import { noteReceipt } from '../call-routing/index.js';
import type { RecordingFacts, VerifiedWebhook } from '../plivo/index.js';
import { lockSession } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { announceStart } from './announce-start.js';
import { DELETE, deleteKey } from './delete-recording.js';
import { FETCH, fetchKey } from './fetch-recording.js';
import { plivoIndexOf, readRecording, sealedPlace, type RecordingRow } from './recording-rows.js';

/** What our own URLs say a webhook is about. */
export interface RecordedCallPath {
  sessionId: string;
  callId: string;
}

/**
 * Takes down that Plivo has the recording of a call, told by its webhook or found in its list, however often and in whatever order. The first
 * telling orders the fetch; a call has one recording, so what else is told of it changes nothing. Refuses calls that were not to be recorded.
 */
@Injectable()
export class NoteRecording {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly jobs: Jobs,
  ) {}

  webhook(webhook: VerifiedWebhook, { sessionId, callId }: RecordedCallPath, told: RecordingFacts): Promise<void> {
    return this.database.transaction(async (tx) => {
      await noteReceipt(tx, webhook, this.clock.now());
      await lockSession(tx, this.database, sessionId);
      const recording = await readRecording(tx, { callId }, this.database.forUpdate);
      const isOurs = recording?.accountId === webhook.accountId && recording.sessionId === sessionId;
      if (!recording || !isOurs) throw new NotFound();
      await this.found(tx, recording, told);
    });
  }

  /** The caller holds the session's row and the recording's. */
  async found(tx: Tx, recording: RecordingRow, told: RecordingFacts): Promise<void> {
    switch (recording.status) {
      case 'ordered':
      case 'none':
        // The word that both have answered was lost, or comes later.
        await announceStart(tx, this.events, recording);
        return this.fetch(tx, recording, told);
      case 'recording':
        return this.fetch(tx, recording, told);
      case 'failed':
        // Late, not lost.
        return recording.reason === 'missing' ? this.fetch(tx, recording, told) : undefined;
      case 'deleting':
      case 'deleted':
        return this.deleteToo(tx, recording, told);
      case 'fetching':
      case 'ready':
        return undefined;
    }
  }

  private async fetch(tx: Tx, recording: RecordingRow, told: RecordingFacts): Promise<void> {
    const { id, accountId } = recording;
    await change(
      tx,
      `UPDATE recording SET status = 'fetching', reason = NULL, plivo_id = ?, plivo_index = ?, media_url = ?, duration_ms = ?, started_at = ?, ended_at = ?,
         fetch_since = ?, attempts = 0 WHERE id = ?`,
      [
        this.crypto.seal(sealedPlace('plivo_id', recording), told.recordingId),
        plivoIndexOf(this.crypto, accountId, told.recordingId),
        this.crypto.seal(sealedPlace('media_url', recording), told.mediaUrl),
        told.durationMs,
        told.startedAt,
        told.endedAt,
        this.clock.now(),
        id,
      ],
    );
    await this.jobs.enqueue(tx, FETCH, { recordingId: id }, { key: fetchKey(id) });
  }

  /** It was deleted before Plivo had finished it. */
  private async deleteToo(tx: Tx, recording: RecordingRow, told: RecordingFacts): Promise<void> {
    const { id, accountId } = recording;
    const index = plivoIndexOf(this.crypto, accountId, told.recordingId);
    if (recording.plivoIndex === index) return;
    await change(tx, "UPDATE recording SET status = 'deleting', plivo_id = ?, plivo_index = ? WHERE id = ?", [
      this.crypto.seal(sealedPlace('plivo_id', recording), told.recordingId),
      index,
      id,
    ]);
    await this.jobs.enqueue(tx, DELETE, { recordingId: id }, { key: deleteKey(id) });
  }
}
