import { Injectable } from '@nestjs/common';
import { noteReceipt } from '../call-routing/index.js';
import type { RecordingFacts, VerifiedWebhook } from '../plivo/index.js';
import { lockSession } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Events } from '../platform/events/events.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { announceStart } from './announce-start.js';
import { DELETE, deleteKey } from './delete-recording.js';
import { FETCH, fetchKey } from './fetch-recording.js';
import { RECORDINGS, type Recording } from './recording.entity.js';
import { plivoIndexOf, readRecording, sealedPlace } from './recording-rows.js';

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
  async found(tx: Tx, recording: Recording, told: RecordingFacts): Promise<void> {
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

  private async fetch(tx: Tx, recording: Recording, told: RecordingFacts): Promise<void> {
    const { id, accountId } = recording;
    const { durationMs, startedAt, endedAt } = told;
    await RECORDINGS.update(
      tx,
      {
        status: 'fetching',
        reason: null,
        plivoId: this.crypto.seal(sealedPlace('plivo_id', recording), told.recordingId),
        plivoIndex: plivoIndexOf(this.crypto, accountId, told.recordingId),
        mediaUrl: this.crypto.seal(sealedPlace('media_url', recording), told.mediaUrl),
        durationMs,
        startedAt,
        endedAt,
        fetchSince: this.clock.now(),
        attempts: 0,
      },
      'WHERE id = ?',
      [id],
    );
    await this.jobs.enqueue(tx, FETCH, { recordingId: id }, { key: fetchKey(id) });
  }

  /** It was deleted before Plivo had finished it. */
  private async deleteToo(tx: Tx, recording: Recording, told: RecordingFacts): Promise<void> {
    const { id, accountId } = recording;
    const plivoIndex = plivoIndexOf(this.crypto, accountId, told.recordingId);
    if (recording.plivoIndex === plivoIndex) return;
    const plivoId = this.crypto.seal(sealedPlace('plivo_id', recording), told.recordingId);
    await RECORDINGS.update(tx, { status: 'deleting', plivoId, plivoIndex }, 'WHERE id = ?', [id]);
    await this.jobs.enqueue(tx, DELETE, { recordingId: id }, { key: deleteKey(id) });
  }
}
