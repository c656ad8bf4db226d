import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PlivoAccess } from '../accounts/index.js';
import { MediaRefused, mediaPlaceOf, PlivoClient, type PlivoCredentials } from '../plivo/index.js';
import { newFile, putSealed, RecordingStore, StoreFailed, type FileKey, type WrittenFile } from '../recording/index.js';
import { Clock } from '../platform/clock.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database, type Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { Jobs, RetryLater } from '../platform/jobs/jobs.js';
import { Log } from '../platform/logging/logger.js';
import { cleanMedia, type CleanMedia } from './clean-media.js';
import { FETCH_MEDIA } from './media-jobs.js';
import { mediaOfForward, readMedia } from './media-rows.js';
import { sealedMediaPlace, TEXT_MEDIA, type MediaReason, type TextMedia } from './text-media.entity.js';
import { MediaSettled } from './text-media.events.js';

const LEASE_SECONDS = 120;
/** It and what is written to it wait in memory. */
const MOST_AT_ONCE = 4;
/** For one attempt, from the first byte asked for to the last. */
const ATTEMPT_MS = 20_000;
/** The text waits for it, and those behind it. */
export const FETCHED_WITHIN_MS = 120_000;
const LONGEST_PAUSE_SECONDS = 30;
/** Of one that Plivo takes, and of all of a message with its words. */
const MOST_BYTES = 2_000_000;
const MOST_BYTES_OF_ALL = 5_000_000;
const WORDS_BYTES = 8_000;

interface Attempt {
  media: TextMedia;
  address: string;
  fileKey: FileKey;
}

/** It is not passed on, and asking again would change nothing. */
class Dropped extends Error {
  constructor(readonly reason: MediaReason) {
    super(reason);
  }
}

/**
 * Copies what came with a text from Plivo into the store of recordings, by the rules of those: the same addresses are asked, and each attempt has a name and a
 * key of its own, written down before it begins. Before it is written what tells of its maker is taken out; what cannot be cleaned is not passed on.
 */
@Injectable()
export class FetchMedia implements OnModuleInit {
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
      retryDelaySeconds: () => 10,
      lanes: { inFlight: MOST_AT_ONCE, perLane: MOST_AT_ONCE },
    };
    this.jobs.handle<{ mediaId: string }>(FETCH_MEDIA, options, ({ mediaId }, { signal }) => this.run(mediaId, signal));
  }

  async run(mediaId: string, signal: AbortSignal): Promise<void> {
    const attempt = await this.begin(mediaId);
    if (attempt === null) return;
    const { media, fileKey } = attempt;
    try {
      if (media.file !== null) await this.store.remove(media.file);
      const cleaned = await this.read(attempt, AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]));
      const written = await putSealed(this.store, fileKey, once(cleaned.bytes), () => signal.throwIfAborted());
      await this.finish(attempt, cleaned, written);
    } catch (error) {
      await this.fail(attempt, error);
    }
  }

  private begin(mediaId: string): Promise<Attempt | null> {
    const fileKey = newFile(mediaId);
    return this.database.transaction(async (tx) => {
      const media = await readMedia(tx, mediaId, this.database.forUpdate);
      if (media?.status !== 'fetching' || media.mediaUrl === null) return null;
      const sealedKey = this.crypto.seal(sealedMediaPlace('file_key', media), fileKey.key.toString('base64'));
      await TEXT_MEDIA.update(tx, { file: fileKey.name, fileKey: sealedKey }, 'WHERE id = ?', [mediaId]);
      return { media, address: this.crypto.open(sealedMediaPlace('media_url', media), media.mediaUrl), fileKey };
    });
  }

  private async read({ media, address }: Attempt, signal: AbortSignal): Promise<CleanMedia> {
    const credentials = await this.plivoAccess.of(media.accountId, media.subaccountId);
    await this.requireOwn(media, address, credentials);
    const opened = await this.plivo.openMedia(credentials, address, signal);
    const pieces: Buffer[] = [];
    let size = 0;
    try {
      if ((opened.length ?? 0) > MOST_BYTES) throw new Dropped('too-big');
      for await (const piece of opened.body) {
        size += (piece as Buffer).length;
        if (size > MOST_BYTES) throw new Dropped('too-big');
        pieces.push(piece as Buffer);
      }
    } finally {
      opened.body.destroy();
    }
    if (opened.length !== null && size !== opened.length)
      throw new Error(`expected ${opened.length} bytes, got ${size}`);
    const cleaned = cleanMedia(Buffer.concat(pieces));
    if (cleaned === null) throw new Dropped('type');
    return cleaned;
  }

  /** Credentials that would open it do not make another account's picture one of this message. */
  private async requireOwn(
    { accountId, subaccountId }: TextMedia,
    address: string,
    own: PlivoCredentials,
  ): Promise<void> {
    const place = mediaPlaceOf(address);
    if (place === null || place.authId === own.authId) return;
    const main = subaccountId === null ? own : await this.plivoAccess.of(accountId, null);
    if (place.authId !== main.authId) throw new Dropped('address');
  }

  private async finish({ media, fileKey }: Attempt, { format }: CleanMedia, written: WrittenFile): Promise<void> {
    const { size, checksum } = written;
    const isMine = await this.database.transaction(async (tx) => {
      const others = await this.held(tx, media);
      const mine = others.find(({ id }) => id === media.id);
      if (mine?.status !== 'fetching' || mine.file !== fileKey.name) return false;
      const sum = others.reduce((all, other) => all + (other.status === 'ready' ? (other.size ?? 0) : 0), 0);
      if (sum + size > MOST_BYTES_OF_ALL - WORDS_BYTES) throw new Dropped('too-big');
      const ready = { status: 'ready' as const, reason: null, format, size, checksum };
      await TEXT_MEDIA.update(tx, ready, 'WHERE id = ?', [media.id]);
      await this.settled(tx, media);
      return true;
    });
    if (isMine) this.log.info('text-media.fetched', { id: media.id, bytes: size, attempt: media.attempts + 1 });
    // Deleted meanwhile, or fetched by a later attempt.
    else await this.store.remove(fileKey.name);
  }

  /** Another attempt later, or none. */
  private async fail({ media, fileKey }: Attempt, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    const isLast =
      error instanceof Dropped ||
      error instanceof MediaRefused ||
      this.clock.now() >= media.createdAt + FETCHED_WITHIN_MS;
    this.log.warn('text-media.not-fetched', { id: media.id, reason, attempt: media.attempts + 1, last: isLast });
    if (isLast) await this.store.remove(fileKey.name).catch(() => undefined);
    await this.database.transaction(async (tx) => {
      await this.held(tx, media);
      const attempts = media.attempts + 1;
      const rest = isLast ? { status: 'dropped' as const, fileKey: null } : {};
      const mine = "WHERE id = ? AND status = 'fetching' AND file = ?";
      const changed = await TEXT_MEDIA.update(tx, { reason, attempts, ...rest }, mine, [media.id, fileKey.name]);
      if (changed > 0 && isLast) await this.settled(tx, media);
    });
    if (!isLast)
      throw new RetryLater(Math.min(2 * 2 ** media.attempts, LONGEST_PAUSE_SECONDS), `not fetched: ${reason}`);
  }

  /** All of the same text: of two that end at once, the later one sees the other's end. */
  private async held(tx: Tx, { forwardId }: TextMedia): Promise<TextMedia[]> {
    return forwardId === null ? [] : mediaOfForward(tx, forwardId, this.database.forUpdate);
  }

  private async settled(tx: Tx, { accountId, forwardId }: TextMedia): Promise<void> {
    if (forwardId === null) return;
    const all = await mediaOfForward(tx, forwardId);
    if (all.every(({ status }) => status !== 'fetching'))
      await this.events.publish(tx, new MediaSettled(accountId, forwardId));
  }
}

function reasonOf(error: unknown): MediaReason {
  if (error instanceof Dropped) return error.reason;
  if (error instanceof MediaRefused) return 'address';
  return error instanceof StoreFailed ? 'store' : 'missing';
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
