import type { EntityManager } from 'typeorm';
import { storedSize, type StoredFile } from '../recording/index.js';
import { isMissingTable } from '../platform/database/transaction.js';
import { selection } from '../platform/database/rows.js';
import { TEXT_MEDIA } from './text-media.entity.js';

const FILES = selection(TEXT_MEDIA.pick(['file', 'size', 'checksum']));

/** Every file that something which came with a text can be seen from: mostly minutes old, so they are few. A database of an early version has none. */
export async function listMediaFiles(manager: EntityManager): Promise<StoredFile[]> {
  try {
    const rows = await FILES.read(manager, "FROM text_media WHERE status = 'ready' AND file IS NOT NULL ORDER BY file");
    return rows.map(({ file, size, checksum }) => ({
      name: file ?? '',
      bytes: storedSize(size ?? 0),
      mediaChecksum: checksum,
    }));
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}
