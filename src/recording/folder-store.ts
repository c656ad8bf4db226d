import { constants, createReadStream, existsSync } from 'node:fs';
import { access, mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { ByteRange } from './byte-range.js';
import {
  checkedName,
  openPart,
  partPath,
  RecordingStore,
  removeMisplacedParts,
  StoreFailed,
  type PartFile,
} from './recording-store.js';

/** Recordings leave this much of a disk to others: SQLite on the same one must go on, or calls stop. A twentieth, 256 MiB at most. */
const RESERVED_SHARE = 0.05;
const MOST_RESERVED_BYTES = 256 * 1024 * 1024;

/** Recordings in a folder. Several hosts need one that they share. */
export class FolderStore extends RecordingStore {
  private isTidy = false;

  constructor(private readonly folder: string) {
    super();
  }

  async look(): Promise<void> {
    try {
      let there = resolve(this.folder);
      while (!existsSync(there)) there = dirname(there);
      if (!(await stat(there)).isDirectory()) throw new StoreFailed('ENOTDIR');
      await access(there, constants.W_OK | constants.X_OK);
      await refuseWhenFull(there);
    } catch (error) {
      throw failure(error);
    }
  }

  async begin(name: string): Promise<PartFile> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      await refuseWhenFull(this.folder);
      const part = await openPart(this.folder, name);
      if (!this.isTidy) removeMisplacedParts(this.folder, part).catch(() => undefined);
      this.isTidy = true;
      return part;
    } catch (error) {
      throw failure(error);
    }
  }

  async keep(name: string, { handle, path }: PartFile): Promise<void> {
    try {
      await handle.sync();
      await handle.close();
      await rename(path, this.path(name));
      await syncFolder(this.folder);
    } catch (error) {
      throw failure(error);
    }
  }

  async size(name: string): Promise<number | null> {
    const found = await stat(this.path(name)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw failure(error);
    });
    return found?.size ?? null;
  }

  async read(name: string, { from, to }: ByteRange): Promise<Readable> {
    // Opened before a byte of the answer is sent.
    const handle = await open(this.path(name)).catch((error: unknown) => {
      throw failure(error);
    });
    return createReadStream('', { fd: handle, start: from, end: to, highWaterMark: 262_144 });
  }

  async remove(name: string): Promise<void> {
    try {
      await rm(partPath(this.folder, name), { force: true });
      await rm(this.path(name), { force: true });
    } catch (error) {
      throw failure(error);
    }
  }

  private path(name: string): string {
    return join(this.folder, checkedName(name));
  }
}

async function refuseWhenFull(folder: string): Promise<void> {
  const { bsize, blocks, bavail } = await statfs(folder);
  const reserved = Math.min(blocks * bsize * RESERVED_SHARE, MOST_RESERVED_BYTES);
  if (bavail * bsize < reserved) throw new StoreFailed('ENOSPC');
}

/** Without it a crash could undo the rename. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The code alone: a path says where the data lives. */
function failure(error: unknown): StoreFailed {
  return error instanceof StoreFailed ? error : new StoreFailed(codeOf(error));
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
