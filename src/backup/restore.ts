import { createReadStream, existsSync, statSync } from 'node:fs';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import { Crypto } from '../platform/crypto/crypto.js';
import { compareKeys, keptKeys } from '../platform/crypto/kept-keys.js';
import type { Connections } from '../platform/database/connections.js';
import { CommandFailure } from '../platform/command-failure.js';
import { holdSqlite } from '../platform/database/own-sqlite.js';
import type { Config } from '../platform/settings/config.js';
import { lookIntoDataFolder } from '../platform/settings/data-folder.js';
import { storeOf } from '../recording/index.js';
import { damaged, syncFolder, type Checksums } from './checksums.js';
import { putBack } from './copy-recordings.js';
import { setJournal } from './copy-sqlite.js';
import { countOnServer } from './count-on-server.js';
import { loadCommand, urlOf } from './dump-command.js';
import { COPY, DUMP, LIST, readManifest, RECORDINGS_FOLDER, verify, type Manifest } from './manifest.js';
import { counterOf, whyStopped, type Watcher } from './watch.js';
import { whereKeyIs } from './where-keys-are.js';

export interface RestoreOrder extends Watcher {
  config: Config;
  openForReading: (database: Config['database']) => Promise<Connections | null>;
  /** Of this version, which must know all that the backup has. */
  knownMigrations: readonly string[];
  from: string;
}

export interface Restored {
  manifest: Manifest;
  recordings: { restored: number; alreadyThere: number; missing: number };
  /** Whether the key that is here is the backup's. `unknown`: the dump has to be loaded first, or nothing was stored with any. */
  key: 'right' | 'missing' | 'other' | 'unknown';
  keyIsAt: string;
  loadCommand: string | null;
}

/**
 * Puts a backup where the settings say, into an empty place. The database gets its name last, so one that is there is whole; what an earlier run has put
 * into the store is left there.
 */
export async function restore(order: RestoreOrder): Promise<Restored> {
  const folder = resolve(order.from);
  const { manifest, sums } = await readManifest(folder);
  refuseOther(manifest, order);
  try {
    return order.config.database.kind === 'sqlite'
      ? await restoreFile(order, { folder, manifest, sums })
      : await restoreBesideServer(order, { folder, manifest, sums });
  } catch (error) {
    throw whyStopped(error, order, resolve(order.config.dataDir));
  }
}

interface Backup {
  folder: string;
  manifest: Manifest;
  sums: Checksums;
}

function refuseOther({ database, version }: Manifest, { config, knownMigrations }: RestoreOrder): void {
  if (database.kind !== config.database.kind)
    throw new CommandFailure(
      database.kind === 'sqlite'
        ? 'the backup is of SQLite, and DATABASE_URL names a server: restore it to SQLite (DATABASE_URL=sqlite:FILE), then run masking move'
        : 'the backup is of a server: name an empty database of one with DATABASE_URL',
      3,
    );
  const known = new Set(knownMigrations);
  // Versions before the baseline have left theirs in the list.
  const first = Math.min(...knownMigrations.map(timestampOf));
  const unknown = database.migrations.filter((name) => !known.has(name) && timestampOf(name) > first);
  if (unknown.length > 0)
    throw new CommandFailure(
      `the backup was made by version ${version} of this program, which has ${unknown.length} migrations that this one does not know: restore it with that version or a later one`,
    );
}

function timestampOf(migration: string): number {
  return Number(/\d{13}$/.exec(migration)?.[0] ?? 0);
}

async function restoreFile(order: RestoreOrder, backup: Backup): Promise<Restored> {
  const { file } = order.config.database as { file: string };
  if (file === ':memory:') throw new CommandFailure('DATABASE_URL is sqlite::memory:, which nothing is restored to', 3);
  refuseTaken(file);
  await verifyAll(order, backup);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const letGo = holdSqlite(file);
  if (letGo === null) throw new CommandFailure(`a process serves ${file}: stop the service first`);
  const draft = `${file}.restoring`;
  try {
    refuseTaken(file);
    await rm(draft, { force: true });
    await copyDatabase(order, backup, draft);
    const recordings = await restoreRecordings(order, backup);
    const key = await compareKey(order, { kind: 'sqlite', file: draft });
    setJournal(draft);
    // Unlike a rename it fails where somebody has made one meanwhile.
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? taken(file) : error;
    });
    await syncFolder(dirname(file));
    return { manifest: backup.manifest, recordings, key, keyIsAt: whereKeyIs(order.config), loadCommand: null };
  } finally {
    for (const end of ['', '-wal', '-shm']) await rm(draft + end, { force: true });
    letGo();
  }
}

/** Also what lies beside a file: SQLite would read it as part of the new one. */
function refuseTaken(file: string): void {
  for (const end of ['', '-wal', '-journal']) {
    const there = file + end;
    if (existsSync(there) && (end === '' || statSync(there).size > 0)) throw taken(there);
  }
}

function taken(file: string): CommandFailure {
  return new CommandFailure(
    `${file} is there already, and nothing is written over: stop the service and move it away, or name another place with --data`,
  );
}

async function verifyAll(order: RestoreOrder, { folder, sums }: Backup): Promise<void> {
  let total = 0;
  for (const name of sums.keys()) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found === null) throw damaged(folder, name);
    total += found.size;
  }
  const onBytes = counterOf(order, 'verifying the backup', total);
  for (const name of sums.keys()) await verify(folder, [name, sums], onBytes);
}

/** What is written is what was verified: hashed once more on its way. */
async function copyDatabase(order: RestoreOrder, { folder, sums }: Backup, draft: string): Promise<void> {
  const source = join(folder, COPY);
  const onBytes = counterOf(order, 'copying the database', (await stat(source)).size);
  const hash = createHash('sha256');
  const file = await open(draft, 'w', 0o600);
  try {
    for await (const chunk of createReadStream(source, { highWaterMark: 1024 * 1024 })) {
      hash.update(chunk as Buffer);
      await file.appendFile(chunk as Buffer);
      onBytes((chunk as Buffer).length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== sums.get(COPY)) throw damaged(folder, COPY);
}

async function restoreBesideServer(order: RestoreOrder, backup: Backup): Promise<Restored> {
  const { database } = order.config;
  const dataSource = await order.openForReading(database);
  if (dataSource === null) throw new Error('expected a database');
  let isMariadb: boolean;
  try {
    const found = await countOnServer(dataSource);
    if (Object.keys(found.rows).length > 0)
      throw new CommandFailure(
        'the database that DATABASE_URL names has tables already, and nothing is written over: name an empty one',
      );
    isMariadb = found.isMariadb;
  } finally {
    await dataSource.destroy();
  }
  await verifyAll(order, backup);
  const recordings = await restoreRecordings(order, backup);
  return {
    manifest: backup.manifest,
    recordings,
    key: 'unknown',
    keyIsAt: whereKeyIs(order.config),
    loadCommand: loadCommand({ url: urlOf(database), isMariadb }, join(backup.folder, DUMP)),
  };
}

/** Those in the backup are put into the store; of the others it is said how many the store does not have. */
async function restoreRecordings(order: RestoreOrder, { folder, sums }: Backup): Promise<Restored['recordings']> {
  const text = await readFile(join(folder, LIST), 'utf8');
  const listed = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { file: string; bytes: number });
  const total = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  const onBytes = counterOf(order, 'restoring recordings', total);
  const store = storeOf(order.config);
  const done = { restored: 0, alreadyThere: 0, missing: 0 };
  try {
    for (const { file: name, bytes } of listed) {
      const hash = sums.get(`${RECORDINGS_FOLDER}/${name}`);
      if (hash === undefined) done[(await store.size(name)) === bytes ? 'alreadyThere' : 'missing'] += 1;
      else done[(await putBack(store, { folder, name, hash }, onBytes)) ? 'restored' : 'alreadyThere'] += 1;
    }
    return done;
  } finally {
    await store.close();
  }
}

async function compareKey(order: RestoreOrder, database: Config['database']): Promise<Restored['key']> {
  const dataSource = await order.openForReading(database);
  if (dataSource === null) return 'unknown';
  try {
    const stored = await keptKeys(dataSource.manager);
    const { encryptionKeys } = lookIntoDataFolder(order.config);
    if (stored.size === 0) return 'unknown';
    if (encryptionKeys === null) return 'missing';
    const { other, missing } = compareKeys(new Crypto(encryptionKeys), stored);
    if (other !== null) return 'other';
    if (missing.length > 0) return 'missing';
    return 'right';
  } finally {
    await dataSource.destroy();
  }
}
