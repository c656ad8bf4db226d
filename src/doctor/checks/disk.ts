import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { recordingsFolder, type Patient } from '../patient.js';
import { failed, ok, warning, type Finding } from '../finding.js';

const MIB = 1024 * 1024;
/** A commit, a checkpoint of the write-ahead log and the recordings of a minute. */
const LEAST_BYTES = 64 * MIB;
const FEW_BYTES = 1024 * MIB;

/** File systems of a network, by what `statfs` calls them: NFS and the three of Windows. Their locks do not keep SQLite whole. */
const OF_NETWORKS = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42]);

interface Place {
  folder: string;
  isDatabase: boolean;
}

/** Room where the service writes, each disk told once. */
export async function checkDisk({ config }: Patient): Promise<Finding[]> {
  const places: Place[] = [
    { folder: config.dataDir, isDatabase: false },
    { folder: recordingsFolder(config), isDatabase: false },
  ];
  const { database } = config;
  if (database.kind === 'sqlite' && database.file !== ':memory:')
    places.unshift({ folder: dirname(database.file), isDatabase: true });
  const seen = new Set<number>();
  const found: Finding[] = [];
  for (const { folder, isDatabase } of places) {
    const there = nearest(resolve(folder));
    const { dev } = await stat(there);
    if (seen.has(dev)) continue;
    seen.add(dev);
    found.push(...(await lookAt(there, isDatabase)));
  }
  return found;
}

async function lookAt(folder: string, isDatabase: boolean): Promise<Finding[]> {
  const { type, bsize, bavail, files, ffree } = await statfs(folder);
  const free = bavail * bsize;
  const found = `${inWords(free)} free at ${folder}`;
  const room =
    'Without room nothing is written: sessions are answered 503 and callers hear that they cannot be connected.';
  const findings: Finding[] = [];
  if (isDatabase && OF_NETWORKS.has(type))
    findings.push(
      failed(
        `${folder} is on a network's file system`,
        'SQLite rests on locks that these file systems do not keep; the database can be damaged.',
        'Move DATA_DIR to a disk of this machine, or use MySQL or MariaDB (DATABASE_URL).',
      ),
    );
  if (files > 0 && ffree === 0)
    findings.push(
      failed(`no files left at ${folder}`, room, 'Delete files there, or make a file system with more inodes.'),
    );
  else if (free < LEAST_BYTES)
    findings.push(failed(found, room, 'Make room there, or move DATA_DIR to a larger disk.'));
  else if (free < FEW_BYTES)
    findings.push(warning(found, `${room} That is near.`, 'Make room there, or move DATA_DIR to a larger disk.'));
  return findings.length > 0 ? findings : [ok(found)];
}

function nearest(folder: string): string {
  let place = folder;
  while (!existsSync(place)) place = dirname(place);
  return place;
}

function inWords(bytes: number): string {
  return bytes >= 1024 * MIB ? `${(bytes / 1024 / MIB).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`;
}
