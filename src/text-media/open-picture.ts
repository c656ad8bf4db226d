import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { openStored, RecordingStore, StoreUnreadable } from '../recording/index.js';
import { Crypto } from '../platform/crypto/crypto.js';
import { Database } from '../platform/database/database.js';
import { Log } from '../platform/logging/logger.js';
import type { LinkedPicture } from './picture-links.js';
import { readMedia } from './media-rows.js';
import { sealedMediaPlace, type TextMedia } from './text-media.entity.js';

/** One that is here. */
export type ReadyPicture = TextMedia & LinkedPicture & { file: string; fileKey: string; size: number };

/** Reads what came with a text out of the store. */
@Injectable()
export class OpenPicture {
  constructor(
    private readonly database: Database,
    private readonly crypto: Crypto,
    private readonly log: Log,
    private readonly store: RecordingStore,
  ) {}

  /** Null for one that is not, or no longer, there. */
  async ready({ id, format }: LinkedPicture): Promise<ReadyPicture | null> {
    const found = await this.database.read((manager) => readMedia(manager, id));
    return isReady(found) && found.format === format ? found : null;
  }

  async run(picture: ReadyPicture): Promise<Readable> {
    const { id, file: name, fileKey, size } = picture;
    const key = Buffer.from(this.crypto.open(sealedMediaPlace('file_key', picture), fileKey), 'base64');
    try {
      return await openStored(this.store, { name, key }, { from: 0, to: size - 1, size });
    } catch (error) {
      this.log.error('text-media.unreadable', { id, error });
      throw new StoreUnreadable();
    }
  }
}

export function isReady(media: TextMedia | null): media is ReadyPicture {
  return media?.status === 'ready' && media.file !== null && media.fileKey !== null && media.size !== null;
}
