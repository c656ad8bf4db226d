import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Crypto } from '../platform/crypto/crypto.js';
import { Log } from '../platform/logging/logger.js';
import { StoreUnreadable } from './recording.errors.js';
import type { ByteRange } from './byte-range.js';
import type { Recording } from './recording.entity.js';
import { sealedPlace } from './recording-rows.js';
import { RecordingStore } from './recording-store.js';
import { openStored } from './stored-media.js';

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
      return await openStored(this.store, fileKey, { ...range, size });
    } catch (error) {
      this.log.error('recording.unreadable', { id: recording.id, error });
      throw new StoreUnreadable();
    }
  }
}
