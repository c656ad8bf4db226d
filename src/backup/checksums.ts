import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure } from '../platform/command-failure.js';

/** As `sha256sum` writes and reads it, so that a backup can be verified without this program. */
export const CHECKSUMS = 'SHA256SUMS';

const LINE = /^(?<hash>[0-9a-f]{64}) {2}(?<name>[\w.-]+(?:\/[\w.-]+)?)$/;

export type Checksums = ReadonlyMap<string, string>;

/** SHA-256 of a file, hex; `onBytes` is told how far it has come. */
export async function hashFile(path: string, onBytes: (bytes: number) => void): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk as Buffer);
    onBytes((chunk as Buffer).length);
  }
  return hash.digest('hex');
}

/** The last file of a backup, on the disk when this returns: without it, it is none. */
export async function writeChecksums(folder: string, sums: Checksums): Promise<void> {
  const lines = [...sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, hash]) => `${hash}  ${name}\n`);
  await writeSynced(join(folder, CHECKSUMS), lines.join(''));
}

export async function readChecksums(folder: string): Promise<Checksums> {
  const text = await readFile(join(folder, CHECKSUMS), 'utf8').catch(() => {
    throw new CommandFailure(`${folder} is no backup, or one that was not finished: it has no readable ${CHECKSUMS}`);
  });
  const sums = new Map<string, string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const { hash, name } = LINE.exec(line)?.groups ?? {};
    if (hash === undefined || name === undefined || name.startsWith('.') || name.includes('/.'))
      throw damaged(folder, CHECKSUMS);
    sums.set(name, hash);
  }
  if (!text.endsWith('\n') || sums.size === 0) throw damaged(folder, CHECKSUMS);
  return sums;
}

export function damaged(folder: string, name: string): CommandFailure {
  return new CommandFailure(`${join(folder, name)} is not as it was written: restore another backup`);
}

export async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without it a crash could undo what was renamed in it. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
