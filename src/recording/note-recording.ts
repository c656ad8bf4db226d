import { Injectable } from '@nestjs/common';
import { legUuidOf, noteReceipt } from '../call-routing/index.js';
import type { RecordingFacts, VerifiedWebhook } from '../plivo/index.js';
import { lockSession } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { Events } from '../platform/events/events.js';
import { newId } from '../platform/ids.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { announceStart } from './announce-start.js';
import { DELETE, deleteKey } from './delete-recording.js';
import { FETCH, fetchKey } from './fetch-recording.js';
import { RECORDINGS, type Recording } from './recording.entity.js';
import { isDeleted } from './looking.js';
import { plivoIndexOf, readRecording, recordingsOfCall, sealedPlace } from './recording-rows.js';

/** What our own URLs say a webhook is about. */
export interface RecordedCallPath {
  sessionId: string;
  callId: string;
}

/**
 * Takes down that Plivo has a recording of a call, told by its webhook or found in its list, however often and in whatever order. The first telling orders the
 * fetch. One that was not ordered, as Plivo has made several, gets a row beside the ordered one's. Refuses calls that were not to be recorded.
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
      const [first] = await recordingsOfCall(tx, callId, this.database.forUpdate);
      if (first?.accountId !== webhook.accountId || first.sessionId !== sessionId) throw new NotFound();
      await this.found(tx, callId, told);
    });
  }

  /** The caller holds the session's row. */
  async found(tx: Tx, callId: string, told: RecordingFacts): Promise<void> {
    const all = await recordingsOfCall(tx, callId, this.database.forUpdate);
    const [first] = all;
    if (!first) return;
    const plivoIndex = plivoIndexOf(this.crypto, first.accountId, told.recordingId);
    if (all.some((one) => one.plivoIndex === plivoIndex)) return;
    const unnamed = all.find((one) => one.plivoIndex === null);
    if (unnamed) return this.name(tx, unnamed, told);

    const { accountId, subaccountId, sessionId, format, createdAt } = first;
    const another = { id: newId(), accountId, subaccountId, sessionId, callId, format, createdAt, attempts: 0 };
    // Of a call whose recordings were deleted nothing comes back.
    const status = all.every(isDeleted) ? 'deleting' : 'recording';
    await RECORDINGS.insert(tx, { ...another, status });
    const made = await readRecording(tx, another.id);
    if (made) await this.name(tx, made, told);
  }

  private async name(tx: Tx, recording: Recording, told: RecordingFacts): Promise<void> {
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
        callUuid: await legUuidOf(tx, recording.callId),
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
    const plivoId = this.crypto.seal(sealedPlace('plivo_id', recording), told.recordingId);
    const callUuid = await legUuidOf(tx, recording.callId);
    await RECORDINGS.update(tx, { status: 'deleting', plivoId, plivoIndex, callUuid }, 'WHERE id = ?', [id]);
    await this.jobs.enqueue(tx, DELETE, { recordingId: id }, { key: deleteKey(id) });
  }
}
