import { accessSync, constants, existsSync, readdirSync, statSync, type Stats } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { folderProblem, SECRET_FILES } from '../../platform/settings/data-folder.js';
import { systemCode } from '../../platform/settings/config-problems.js';
import type { Patient } from '../patient.js';
import { failed, ok, warning, type Finding } from '../finding.js';

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** Whether this user can work in the folder, and nobody else can read what is secret in it. */
export async function checkDataFolder({ config, kept }: Patient): Promise<Finding[]> {
  const folder = resolve(config.dataDir);
  const trouble = folderTrouble(folder);
  if (trouble) return [trouble];
  if (!existsSync(folder)) return [ok(`${folder}: not there yet, the first start makes it`)];
  const files = ownFiles(folder);
  const found = [
    ...kept.problems.map(({ text }) => failed(text, 'The service does not start with it.', 'Do as it says.')),
    ...[foreignFiles(folder, files), openFiles(folder, files)].filter((finding) => finding !== null),
  ];
  return found.length > 0 ? found : [ok(`${folder}: writable, secrets readable for their owner alone`)];
}

function folderTrouble(folder: string): Finding | null {
  try {
    // One that is not there is made: in the nearest that is.
    let place = folder;
    while (!existsSync(place)) place = dirname(place);
    if (!statSync(place).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(place, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return failed(
      `DATA_DIR ${folder}: ${systemCode(error)}`,
      'Keys, recordings and the database of SQLite are kept there; without it the service does not start.',
      folderProblem(folder, systemCode(error)),
    );
  }
}

interface OwnFile {
  name: string;
  facts: Stats;
}

/** Those of the folder itself: recordings may be hundreds of thousands. */
function ownFiles(folder: string): OwnFile[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, facts: statSync(join(folder, name)) }));
}

/** Made by root in the service's folder, say by a command run in its container: the service then cannot write to them. */
function foreignFiles(folder: string, files: OwnFile[]): Finding | null {
  const { uid, gid } = statSync(folder);
  const foreign = files.filter(({ facts }) => facts.uid !== uid).map(({ name }) => name);
  if (foreign.length === 0) return null;
  return failed(
    `${foreign.slice(0, 5).join(', ')} in ${folder}: not of the user who has the folder`,
    'The service runs as the owner of its folder, and cannot write to files of others.',
    `As root, run: chown -R ${uid}:${gid} '${folder}'`,
  );
}

function openFiles(folder: string, files: OwnFile[]): Finding | null {
  const open = files.filter(
    ({ name, facts }) =>
      (facts.mode & OTHERS) !== 0 && (SECRET_FILES.includes(name) || /\.db(-wal|-shm|-journal)?$/.test(name)),
  );
  const isOpen = (statSync(folder).mode & OTHERS_WRITE) !== 0;
  if (open.length === 0 && !isOpen) return null;
  const found =
    open.length > 0
      ? `${open.map(({ name }) => name).join(', ')} in ${folder}: readable for other users`
      : `${folder}: writable for other users`;
  return warning(
    found,
    'Who reads the key and the database reads every number in it.',
    `Run: chmod -R go-rwx '${folder}'`,
  );
}
