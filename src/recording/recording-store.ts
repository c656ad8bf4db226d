import { mkdir, open, opendir, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { HOUR_MS } from '../platform/clock.js';
import type { ByteRange } from './byte-range.js';

/** A file that is being written, sealed; nobody can see it under its name yet. */
export interface PartFile {
  handle: FileHandle;
  path: string;
}

/** The store did not do what it was asked: full, away, or not ours to write to. Says nothing about the recording. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
}

/** Where sealed recordings are kept, under names of our own making. */
export abstract class RecordingStore {
  /** Whether a recording could be kept now, as far as that can be told without keeping one. Rejects with StoreFailed where it could not. */
  abstract look(): Promise<void>;
  /** Begins a file. Refuses when there is no room to speak of. */
  abstract begin(name: string): Promise<PartFile>;
  /** Puts a file that was written whole, and synced, under its name: all of it or nothing. */
  abstract keep(name: string, part: PartFile, facts: { storedBytes: number; storedHash: string }): Promise<void>;
  /** Bytes of a stored file; null when there is none. */
  abstract size(name: string): Promise<number | null>;
  abstract read(name: string, range: ByteRange): Promise<Readable>;
  /** Removes a file and what was begun of it. Nothing there is as good as removed. */
  abstract remove(name: string): Promise<void>;

  /** Lets go of what is kept open between uses. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const PART = '.part';
/** Beside the kept files: looking through those, of which there may be hundreds of thousands, took 0.7 s and 100 MB for each recording. */
const PARTS = 'parts';
/** Longer than an attempt may take by far. */
const OLD_PART_MS = HOUR_MS;

export function partPath(folder: string, name: string): string {
  return join(folder, PARTS, checkedName(name) + PART);
}

/**
 * For its owner's eyes only, although it is sealed. Removes what attempts that died long ago have left: their successors may have run on another host,
 * and nobody has the keys.
 */
export async function openPart(folder: string, name: string): Promise<PartFile> {
  const parts = join(folder, PARTS);
  await mkdir(parts, { recursive: true, mode: 0o700 });
  const path = partPath(folder, name);
  const handle = await open(path, 'w', 0o600);
  const { mtimeMs: now } = await handle.stat();
  await removeOldParts(parts, now);
  return { handle, path };
}

/** Those of versions that began files among the kept ones; once a process, because it looks through all of them. `begun` tells the store's time. */
export async function removeMisplacedParts(folder: string, begun: PartFile): Promise<void> {
  const { mtimeMs: now } = await stat(begun.path);
  await removeOldParts(folder, now);
}

async function removeOldParts(folder: string, now: number): Promise<void> {
  for await (const { name } of await opendir(folder)) {
    if (!name.endsWith(PART)) continue;
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: now }));
    if (mtimeMs < now - OLD_PART_MS) await rm(join(folder, name), { force: true });
  }
}

export async function abandonPart({ handle, path }: PartFile): Promise<void> {
  await handle.close().catch(() => undefined);
  await rm(path, { force: true }).catch(() => undefined);
}

const NAME = /^[0-9a-f-]{36}\.[0-9a-f]{12}$/;

/** Names come from rows; one that is not of our making would be a path. */
export function checkedName(name: string): string {
  if (!NAME.test(name)) throw new StoreFailed('expected a name of our own making');
  return name;
}
