import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Crypto } from '../platform/crypto/crypto.js';
import { Log } from '../platform/logging/logger.js';
import { StoreUnreadable } from './recording.errors.js';
import type { ByteRange } from './byte-range.js';
import type { Recording } from './recording.entity.js';
import { sealedPlace } from './recording-rows.js';
import { RecordingStore } from './recording-store.js';
import { openSealed, storedRange, storedSize } from './sealed-file.js';

/** A recording that is here. */
export type ReadyRecording = Recording & { file: string; fileKey: string; size: number; checksum: string };

export function isReady(recording: Recording | null): recording is ReadyRecording {
  return recording?.status === 'ready' && recording.file !== null && recording.fileKey !== null;
}

/** Reads the sound of a recording out of the store. A file that is missing, cut or changed gives an error, not sound. */
@Injectable()
export class OpenMedia {
  constructor(
    private readonly crypto: Crypto,
    private readonly log: Log,
    private readonly store: RecordingStore,
  ) {}

  async run(recording: ReadyRecording, range: ByteRange): Promise<Readable> {
    const { file, size } = recording;
    const fileKey = {
      name: file,
      key: Buffer.from(this.crypto.open(sealedPlace('file_key', recording), recording.fileKey), 'base64'),
    };
    try {
      const stored = await this.store.size(file);
      if (stored !== storedSize(size)) throw new Error(`expected ${storedSize(size)} stored bytes, found ${stored}`);
      const bytes = await this.store.read(file, storedRange(range, size));
      return await begun(openSealed(bytes, fileKey, { ...range, size }), bytes);
    } catch (error) {
      this.log.error('recording.unreadable', { id: recording.id, error });
      throw new StoreUnreadable();
    }
  }
}

/** Opens the first chunk before the answer begins, so that a spoilt file is an error and not an empty success. */
async function begun(media: AsyncGenerator<Buffer>, stored: Readable): Promise<Readable> {
  const first = await media.next();
  async function* all(): AsyncGenerator<Buffer> {
    if (!first.done) yield first.value;
    yield* media;
  }
  const body = Readable.from(all(), { objectMode: false });
  body.once('close', () => stored.destroy());
  return body;
}
