import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { MediaRefused, MediaUnavailable, PlivoClient } from '../plivo/index.js';
import { lockSession } from '../sessions/index.js';
import { Clock, HOUR_MS } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { change, Database } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { RecordingFailed, RecordingReady } from './recording.events.js';
import { RECORDINGS, type RecordingFailureReason, type Recording } from './recording.entity.js';
import { readRecording, sealedPlace } from './recording-rows.js';
import { RecordingStore, StoreFailed } from './recording-store.js';
import type { FileKey, WrittenFile } from './sealed-file.js';
import { newFile, putSealed } from './stored-media.js';

export const FETCH = 'recordings.fetch';
/** A file must come within this; one that was fetched by a process that died is fetched again after it. */
const LEASE_SECONDS = 900;
/** Fetches of this process at a time: they share its disk and its line with the calls' webhooks. */
const MOST_AT_ONCE = 4;
/** From the moment Plivo has named it: longer than any outage of a store that somebody notices after a weekend. */
const GIVE_UP_MS = 76 * HOUR_MS;
const LONGEST_PAUSE_SECONDS = 3600;
/** A day of stereo wav has 2.8 GB; S3 takes 5 GB in one piece. */
const MOST_BYTES = 4 * 1024 ** 3;

export function fetchKey(recordingId: string): string {
  return `${FETCH}:${recordingId}`;
}

interface Attempt {
  recording: Recording;
  mediaUrl: string;
  fileKey: FileKey;
}

/**
 * Copies a recording from Plivo into the store: sealed on its way, under a name that is seen only when it is whole. Each attempt has a name and
 * a key of its own, written down before it begins, so that whatever a killed or late attempt left behind is removed by the next one and can never
 * be taken for the recording.
 */
@Injectable()
export class FetchRecording implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly crypto: Crypto,
    private readonly events: Events,
    private readonly jobs: Jobs,
    private readonly log: Log,
    private readonly plivo: PlivoClient,
    private readonly plivoAccess: PlivoAccess,
    private readonly store: RecordingStore,
  ) {}

  onModuleInit(): void {
    const options = {
      leaseSeconds: LEASE_SECONDS,
      // Time decides when to give up, not the number of attempts.
      maxAttempts: 1_000_000,
      retryDelaySeconds: () => 60,
      lanes: { inFlight: MOST_AT_ONCE, perLane: MOST_AT_ONCE },
    };
    this.jobs.handle<{ recordingId: string }>(FETCH, options, ({ recordingId }, { signal }) =>
      this.run(recordingId, signal),
    );
  }

  async run(recordingId: string, signal: AbortSignal): Promise<void> {
    const attempt = await this.begin(recordingId);
    if (attempt !== null) await this.attempt(attempt, signal);
  }

  private async attempt(attempt: Attempt, signal: AbortSignal): Promise<void> {
    let written: WrittenFile;
    try {
      const { file: leftBehind } = attempt.recording;
      if (leftBehind !== null) await this.store.remove(leftBehind);
      written = await this.copy(attempt, signal);
    } catch (error) {
      throw await this.postponed(attempt, error);
    }
    await this.finish(attempt, written);
  }

  private begin(recordingId: string): Promise<Attempt | null> {
    const fileKey = newFile(recordingId);
    return this.database.transaction(async (tx) => {
      const recording = await readRecording(tx, recordingId, this.database.forUpdate);
      if (recording?.status !== 'fetching' || recording.mediaUrl === null) return null;
      const sealedKey = this.crypto.seal(sealedPlace('file_key', recording), fileKey.key.toString('base64'));
      await RECORDINGS.update(tx, { file: fileKey.name, fileKey: sealedKey }, 'WHERE id = ?', [recordingId]);
      const mediaUrl = this.crypto.open(sealedPlace('media_url', recording), recording.mediaUrl);
      return { recording, mediaUrl, fileKey };
    });
  }

  private async copy({ recording, mediaUrl, fileKey }: Attempt, signal: AbortSignal): Promise<WrittenFile> {
    const credentials = await this.plivoAccess.of(recording.accountId, recording.subaccountId);
    const media = await this.plivo.openMedia(credentials, mediaUrl, signal);
    try {
      return await putSealed(this.store, fileKey, checked(media.body), ({ size }) => {
        if (size === 0 || (media.length !== null && size !== media.length))
          throw new MediaUnavailable(200, `expected ${media.length ?? 'some'} bytes of media, got ${size}`);
        signal.throwIfAborted();
      });
    } finally {
      media.body.destroy();
    }
  }

  private async finish({ recording, fileKey }: Attempt, written: WrittenFile): Promise<void> {
    const { id, accountId, sessionId, callId } = recording;
    const isMine = await this.database.transaction(async (tx) => {
      await lockSession(tx, this.database, sessionId);
      const { size, checksum } = written;
      const changed = await RECORDINGS.update(
        tx,
        { status: 'ready', reason: null, mediaUrl: null, size, checksum, readyAt: this.clock.now() },
        "WHERE id = ? AND status = 'fetching' AND file = ?",
        [id, fileKey.name],
      );
      if (changed > 0) await this.events.publish(tx, new RecordingReady(accountId, sessionId, callId, id));
      return changed > 0;
    });
    if (isMine) this.log.info('recording.fetched', { id, bytes: written.size, attempt: recording.attempts + 1 });
    // Deleted meanwhile, or fetched by a later attempt.
    else await this.store.remove(fileKey.name);
  }

  /** What to do about a failure: another attempt later, or the end of trying. */
  private async postponed({ recording, fileKey }: Attempt, error: unknown): Promise<RetryLater> {
    const { id, accountId, sessionId, callId } = recording;
    const reason = reasonOf(error);
    const isLast = reason === 'address' || this.clock.now() >= (recording.fetchSince ?? 0) + GIVE_UP_MS;
    this.log.warn('recording.not-fetched', { id, reason, attempt: recording.attempts + 1, last: isLast, error });
    const hasFailed = await this.database.transaction(async (tx) => {
      await lockSession(tx, this.database, sessionId);
      const changed = await change(
        tx,
        "UPDATE recording SET status = ?, reason = ?, attempts = attempts + 1 WHERE id = ? AND status = 'fetching' AND file = ?",
        [isLast ? 'failed' : 'fetching', reason, id, fileKey.name],
      );
      if (isLast && changed > 0) await this.events.publish(tx, new RecordingFailed(accountId, sessionId, callId, id));
      return isLast && changed > 0;
    });
    // A run with nothing left to do ends the job.
    return new RetryLater(hasFailed ? 0 : pauseSeconds(recording.attempts), `not fetched: ${reason}`);
  }
}

/** 5 s, 20 s, 80 s, ... an hour, each varied by a fifth. */
function pauseSeconds(attempts: number): number {
  return Math.min(5 * 4 ** Math.min(attempts, 10), LONGEST_PAUSE_SECONDS) * (0.8 + 0.4 * Math.random());
}

function reasonOf(error: unknown): RecordingFailureReason {
  if (error instanceof MediaRefused) return 'address';
  return error instanceof StoreFailed ? 'store' : 'media';
}

/** Lets no page of text pass for a recording, and no end of bytes. */
async function* checked(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of body) {
    if (bytes === 0 && /^\s*[<{[]/.test(piece.subarray(0, 32).toString('latin1')))
      throw new MediaUnavailable(200, 'expected media, got text');
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new MediaUnavailable(200, `expected at most ${MOST_BYTES} bytes of media`);
    yield piece;
  }
}
