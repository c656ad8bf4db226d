import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingStore, StoredFile } from '../recording/index.js';
import { damaged, hashFile, syncFolder } from './checksums.js';
import { RECORDINGS_FOLDER } from './manifest.js';

type OnBytes = (bytes: number) => void;

/** Which of them the store has whole: looked for, not read. */
export async function presentIn(store: RecordingStore, files: readonly StoredFile[]): Promise<Set<string>> {
  const present = new Set<string>();
  for (const { name, bytes } of files) if ((await store.size(name)) === bytes) present.add(name);
  return present;
}

/**
 * Copies sealed files into the backup, and answers with the checksum of each. A file never changes under its name, so one that is there whole from an earlier
 * run is only read. One that the store has lost meanwhile, because its time was over, is left out.
 */
export async function copyOut(
  store: RecordingStore,
  files: readonly StoredFile[],
  { folder, onBytes }: { folder: string; onBytes: OnBytes },
): Promise<Map<string, string>> {
  const place = join(folder, RECORDINGS_FOLDER);
  await mkdir(place, { recursive: true, mode: 0o700 });
  const sums = new Map<string, string>();
  for (const file of files) {
    const path = join(place, file.name);
    const isThere = existsSync(path) && statSync(path).size === file.bytes;
    if (isThere) sums.set(file.name, await hashFile(path, onBytes));
    else if ((await store.size(file.name)) === file.bytes)
      sums.set(file.name, await copyOne(store, file, { path, onBytes }));
  }
  await syncFolder(place);
  return sums;
}

async function copyOne(
  store: RecordingStore,
  { name, bytes }: StoredFile,
  { path, onBytes }: { path: string; onBytes: OnBytes },
): Promise<string> {
  const hash = createHash('sha256');
  const draft = `${path}.part`;
  const file = await open(draft, 'w', 0o600);
  try {
    if (bytes > 0)
      for await (const chunk of await store.read(name, { from: 0, to: bytes - 1 })) {
        hash.update(chunk as Buffer);
        await file.appendFile(chunk as Buffer);
        onBytes((chunk as Buffer).length);
      }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  return hash.digest('hex');
}

/** Puts a file of the backup into the store, which has it whole or not at all; one that is there already is left. Answers whether it was put there. */
export async function putBack(
  store: RecordingStore,
  { folder, name, hash }: { folder: string; name: string; hash: string },
  onBytes: OnBytes,
): Promise<boolean> {
  const path = join(folder, RECORDINGS_FOLDER, name);
  const { size } = await stat(path);
  if ((await store.size(name)) === size) {
    onBytes(size);
    return false;
  }
  const part = await store.begin(name);
  const found = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) {
      found.update(chunk as Buffer);
      await part.handle.appendFile(chunk as Buffer);
      onBytes((chunk as Buffer).length);
    }
    if (found.digest('hex') !== hash) throw damaged(folder, `${RECORDINGS_FOLDER}/${name}`);
    await store.keep(name, part, { storedBytes: size, storedHash: hash });
    return true;
  } catch (error) {
    await part.handle.close().catch(() => undefined);
    await rm(part.path, { force: true });
    throw error;
  }
}
