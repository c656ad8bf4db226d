import type { EntityManager } from 'typeorm';
import { existsSync } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../platform/clock.js';
import { CommandFailure } from '../platform/command-failure.js';
import type { Connections } from '../platform/database/connections.js';
import type { Config } from '../platform/settings/config.js';
import { packageVersion } from '../platform/version.js';
import { listStoredFiles, storeOf, type StoredFile } from '../recording/index.js';
import { listMediaFiles } from '../text-media/index.js';
import { CHECKSUMS, hashFile, syncFolder, writeChecksums, writeSynced } from './checksums.js';
import { copyOut, presentIn } from './copy-recordings.js';
import { copySqlite, lookIntoCopy } from './copy-sqlite.js';
import { countOnServer } from './count-on-server.js';
import { dumpCommand, urlOf } from './dump-command.js';
import { COPY, DUMP, LIST, MANIFEST, manifestText, RECORDINGS_FOLDER, type Manifest } from './manifest.js';
import { counterOf, whyStopped, type Watcher } from './watch.js';
import { whereKeyIs } from './where-keys-are.js';

/** What a backup is made of, and where it goes. */
export interface BackupOrder extends Watcher {
  config: Config;
  clock: Clock;
  /** Opens a database to look at it. */
  openForReading: (database: Config['database']) => Promise<Connections | null>;
  to: string;
  withRecordings: boolean;
}

export interface BackedUp {
  folder: string;
  manifest: Manifest;
  keyIsAt: string;
  /** What makes the rest of the backup, where the database is a server's. */
  dumpCommand: string | null;
}

/**
 * Makes a backup while the service runs: a folder that gets its name when all of it is on the disk. What an earlier run has copied of recordings is used; the
 * database is copied anew.
 */
export async function backUp(order: BackupOrder): Promise<BackedUp> {
  const folder = resolve(order.to);
  if (existsSync(folder)) throw new CommandFailure(`${folder} is there already: name another folder`);
  const draft = `${folder}.part`;
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    // Of a run that came to its end and no further.
    for (const name of [CHECKSUMS, MANIFEST, LIST, COPY]) await rm(join(draft, name), { force: true });
    const { manifest, dump } = await fill(order, draft);
    await rename(draft, folder);
    await syncFolder(dirname(folder));
    return { folder, manifest, keyIsAt: whereKeyIs(order.config), dumpCommand: dump && dump(join(folder, DUMP)) };
  } catch (error) {
    // What is left is what the next run uses; of the database nothing.
    await rm(join(draft, COPY), { force: true }).catch(() => undefined);
    throw whyStopped(error, order, dirname(folder));
  }
}

async function fill(
  order: BackupOrder,
  draft: string,
): Promise<{ manifest: Manifest; dump: ((to: string) => string) | null }> {
  const sums = new Map<string, string>();
  const { kind } = order.config.database;
  const copied = kind === 'sqlite' ? await copyFile(order, join(draft, COPY), sums) : await lookAtServer(order);

  const { recordings, list } = await keepRecordings(order, draft, { files: copied.files, sums });
  await writeSynced(join(draft, LIST), list);

  const database = { kind, migrations: copied.migrations, rows: copied.rows };
  const madeAt = new Date(order.clock.wall()).toISOString();
  const manifest: Manifest = { version: packageVersion(), madeAt, database, recordings };
  await writeSynced(join(draft, MANIFEST), manifestText(manifest));
  for (const name of [LIST, MANIFEST]) sums.set(name, await hashFile(join(draft, name), () => undefined));
  await writeChecksums(draft, sums);
  await syncFolder(draft);
  return { manifest, dump: copied.dump };
}

interface Copied {
  migrations: string[];
  rows: Record<string, number>;
  files: StoredFile[];
  dump: ((to: string) => string) | null;
}

async function copyFile(order: BackupOrder, copy: string, sums: Map<string, string>): Promise<Copied> {
  const { file } = order.config.database as { file: string };
  const { size } = await stat(file);
  order.tell('copying the database', 0, size);
  await copySqlite(file, copy, (bytes) => order.tell('copying the database', bytes, size));
  order.signal.throwIfAborted();
  await chmod(copy, 0o600);
  const handle = await open(copy);
  await handle.sync();
  await handle.close();
  const facts = lookIntoCopy(copy);
  const files = await storedFiles(order, { kind: 'sqlite', file: copy });
  const bytes = (await stat(copy)).size;
  sums.set(COPY, await hashFile(copy, counterOf(order, 'verifying the database', bytes)));
  return { ...facts, files, dump: null };
}

async function lookAtServer(order: BackupOrder): Promise<Copied> {
  const { database } = order.config;
  const dataSource = await order.openForReading(database);
  if (dataSource === null) throw new Error('expected a database');
  try {
    const { isMariadb, ...facts } = await countOnServer(dataSource);
    const files = await filesOf(dataSource.manager);
    return { ...facts, files, dump: (to) => dumpCommand({ url: urlOf(database), isMariadb }, to) };
  } finally {
    await dataSource.destroy();
  }
}

/** Recordings, and what came with texts: they lie in one store. */
async function filesOf(manager: EntityManager): Promise<StoredFile[]> {
  return [...(await listStoredFiles(manager)), ...(await listMediaFiles(manager))];
}

async function storedFiles(order: BackupOrder, database: Config['database']): Promise<StoredFile[]> {
  const dataSource = await order.openForReading(database);
  try {
    return dataSource === null ? [] : await filesOf(dataSource.manager);
  } finally {
    await dataSource?.destroy();
  }
}

/** The list of all, and with `--recordings` the files themselves. */
async function keepRecordings(
  order: BackupOrder,
  draft: string,
  { files, sums }: { files: StoredFile[]; sums: Map<string, string> },
): Promise<{ recordings: Manifest['recordings']; list: string }> {
  const store = storeOf(order.config);
  try {
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const onBytes = counterOf(order, 'copying recordings', bytes);
    const copied = order.withRecordings ? await copyOut(store, files, { folder: draft, onBytes }) : null;
    const present = copied ? new Set(copied.keys()) : await presentIn(store, files);
    for (const [name, hash] of copied ?? []) sums.set(`${RECORDINGS_FOLDER}/${name}`, hash);
    const list = files.map(({ name, bytes: size, mediaChecksum }) => {
      const facts = { file: name, bytes: size, media_sha256: mediaChecksum, is_present: present.has(name) };
      return `${JSON.stringify(facts)}\n`;
    });
    const missing = files.length - present.size;
    return { recordings: { listed: files.length, bytes, copied: copied?.size ?? 0, missing }, list: list.join('') };
  } finally {
    await store.close();
  }
}
