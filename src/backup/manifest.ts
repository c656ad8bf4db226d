import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFailure } from '../platform/command-failure.js';
import { damaged, hashFile, readChecksums, type Checksums } from './checksums.js';

export const MANIFEST = 'manifest.json';
export const COPY = 'masking.db';
/** Where the dump of a server is expected; it is made beside the backup, and not in its checksums. */
export const DUMP = 'masking.sql';
export const LIST = 'recordings.jsonl';
export const RECORDINGS_FOLDER = 'recordings';

const FORMAT = 'masking-backup';
const FORMAT_VERSION = 1;

export interface Manifest {
  /** Of the program that made it. */
  version: string;
  madeAt: string;
  database: {
    kind: 'sqlite' | 'mysql';
    migrations: string[];
    /** By table. Of a server they are counted in one instant, which is not that of the dump. */
    rows: Record<string, number>;
  };
  recordings: {
    listed: number;
    bytes: number;
    /** In the backup. The others are in the store, or nowhere. */
    copied: number;
    /** Not in the store when it was looked for. */
    missing: number;
  };
}

export function manifestText({ version, madeAt, database, recordings }: Manifest): string {
  const manifest = {
    format: FORMAT,
    format_version: FORMAT_VERSION,
    version,
    made_at: madeAt,
    database,
    recordings,
    encryption_key: 'not in here: without the ENCRYPTION_KEY of this time no number in the database can be read',
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What a finished backup says of itself. Its checksum is looked at here, those of what is large by who uses it. */
export async function readManifest(folder: string): Promise<{ manifest: Manifest; sums: Checksums }> {
  const sums = await readChecksums(folder);
  await verify(folder, [MANIFEST, sums], () => undefined);
  const read = JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Manifest & {
    format: string;
    format_version: number;
    made_at: string;
  };
  if (read.format !== FORMAT || read.format_version !== FORMAT_VERSION)
    throw new CommandFailure(
      `${folder} has a form that this version does not know: restore it with the one that made it`,
    );
  const { version, made_at: madeAt, database, recordings } = read;
  return { manifest: { version, madeAt, database, recordings }, sums };
}

/** Refuses a file that is not what its checksum says. */
export async function verify(
  folder: string,
  [name, sums]: readonly [name: string, sums: Checksums],
  onBytes: (bytes: number) => void,
): Promise<void> {
  const hash = await hashFile(join(folder, name), onBytes).catch(() => null);
  if (hash === null || hash !== sums.get(name)) throw damaged(folder, name);
}
