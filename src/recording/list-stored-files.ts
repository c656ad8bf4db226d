import type { EntityManager } from 'typeorm';
import { isMissingTable } from '../platform/database/transaction.js';
import { selection } from '../platform/database/rows.js';
import { RECORDINGS } from './recording.entity.js';
import { storedSize } from './sealed-file.js';

/** What the store has to have of a recording. */
export interface StoredFile {
  name: string;
  /** Of the sealed file. */
  bytes: number;
  /** SHA-256 of the media inside, base64url. */
  mediaChecksum: string | null;
}

const FILES = selection(RECORDINGS.pick(['file', 'size', 'checksum']));
const PAGE = 1000;

/** Every file that a recording can be heard from. A database of an early version has none. */
export async function listStoredFiles(manager: EntityManager): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (let after = ''; ; after = files.at(-1)?.name ?? '') {
    const rows = await page(manager, after);
    for (const { file, size, checksum } of rows)
      if (file !== null) files.push({ name: file, bytes: storedSize(size ?? 0), mediaChecksum: checksum });
    if (rows.length < PAGE) return files;
  }
}

async function page(manager: EntityManager, after: string) {
  try {
    return await FILES.read(
      manager,
      `FROM recording WHERE status = 'ready' AND file IS NOT NULL AND file > ? ORDER BY file LIMIT ${PAGE}`,
      [after],
    );
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}
