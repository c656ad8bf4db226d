import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from './config.js';
import { parseAdminToken, parseKey, parseToken, type Parsed } from './config-formats.js';
import { ConfigProblems, systemCode, type ConfigProblem } from './config-problems.js';
import type { EncryptionKey } from './encryption-keys.js';
import { newSecret } from '../ids.js';

/** The secrets that the service runs with, given or generated. The injection token of the value that `openDataFolder` returns. */
export abstract class Secrets {
  /** The first seals. */
  abstract readonly encryptionKeys: readonly EncryptionKey[];
  abstract readonly adminToken: string;
  /** Token of the demo account; null when credentials are set or the provider is Plivo. */
  abstract readonly demoAuthToken: string | null;
  /** Names of the files that this start created. */
  abstract readonly generated: string[];
}

/**
 * Creates the data folder where it is missing and reads, or creates once, the secrets that no setting gives. Settings win over files.
 * Throws `ConfigProblems` when the folder cannot be written or a file does not hold what it should.
 */
export function openDataFolder(config: Config): Secrets {
  const folder = resolve(config.dataDir);
  makeWritable(folder);
  const generated: string[] = [];
  const kept = <Value>(file: KeptFile<Value>) => readOrCreate(folder, file, generated);

  const isDemo = config.provider.kind === 'simulator' && config.provider.firstAccount === null;
  return {
    encryptionKeys: config.encryptionKeys ?? [{ id: 1, key: kept(ENCRYPTION_KEY) }],
    adminToken: config.adminToken ?? kept(ADMIN_TOKEN),
    demoAuthToken: isDemo ? kept(DEMO_AUTH_TOKEN) : null,
    generated,
  };
}

interface KeptFile<Value> {
  name: string;
  create: () => string;
  parse: (text: string) => Parsed<Value>;
  /** What to do about a spoilt file. */
  remedy: string;
}

const ENCRYPTION_KEY: KeptFile<Buffer> = {
  name: 'encryption-key',
  create: () => randomBytes(32).toString('base64'),
  parse: parseKey,
  remedy: 'restore it from a backup; without it the numbers already stored cannot be read',
};

const ADMIN_TOKEN: KeptFile<string> = {
  name: 'admin-token',
  create: newSecret,
  parse: parseAdminToken,
  remedy: 'delete it and a new one is generated',
};

const DEMO_AUTH_TOKEN: KeptFile<string> = {
  name: 'demo-auth-token',
  create: newSecret,
  parse: parseToken,
  remedy: 'delete it and a new one is generated',
};

/** Names of the files that nobody but their owner may read. */
export const SECRET_FILES: readonly string[] = [ENCRYPTION_KEY, ADMIN_TOKEN, DEMO_AUTH_TOKEN].map(({ name }) => name);

/** What the settings and the folder give; null what neither has. */
export interface KeptSecrets {
  encryptionKeys: readonly EncryptionKey[] | null;
  adminToken: string | null;
  demoAuthToken: string | null;
  /** Whether an earlier start has made a key here. */
  hasKeyFile: boolean;
  /** Files that do not hold what they should, or cannot be read. */
  problems: ConfigProblem[];
}

/** The same secrets, of which none is made, in a folder that may be missing. */
export function lookIntoDataFolder(config: Config): KeptSecrets {
  const problems: ConfigProblem[] = [];
  const kept = <Value>(file: KeptFile<Value>): Value | null => {
    const path = join(resolve(config.dataDir), file.name);
    try {
      return existsSync(path) ? readKept(path, file) : null;
    } catch (error) {
      problems.push(...(error instanceof ConfigProblems ? error : unreadable(path, error)).problems);
      return null;
    }
  };
  const key = config.encryptionKeys === null ? kept(ENCRYPTION_KEY) : null;
  return {
    encryptionKeys: config.encryptionKeys ?? (key && [{ id: 1, key }]),
    adminToken: config.adminToken ?? kept(ADMIN_TOKEN),
    demoAuthToken: kept(DEMO_AUTH_TOKEN),
    hasKeyFile: existsSync(join(resolve(config.dataDir), ENCRYPTION_KEY.name)),
    problems,
  };
}

/** Writing is tried out: permission bits do not tell about read-only mounts, foreign owners and network file systems. */
function makeWritable(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const probe = join(folder, temporaryName('probe'));
    closeSync(openSync(probe, 'wx', 0o600));
    rmSync(probe);
  } catch (error) {
    throw unusable(folder, systemCode(error));
  }
}

function unusable(folder: string, code: string): ConfigProblems {
  return new ConfigProblems([{ name: 'DATA_DIR', text: folderProblem(folder, code) }]);
}

/** What is wrong with a folder that cannot be written to, and what to do. */
export function folderProblem(folder: string, code: string): string {
  if (code === 'EEXIST' || code === 'ENOTDIR') return `${folder} is not a folder and cannot become one; name another`;
  const quoted = `'${folder.replaceAll("'", String.raw`'\''`)}'`;
  const owner = `${process.geteuid?.() ?? ''}:${process.getegid?.() ?? ''}`;
  const commands = `mkdir -p ${quoted} && chown -R ${owner} ${quoted} && chmod 700 ${quoted}`;
  const advice = code === 'EROFS' ? 'mount it writable' : `as root, run: ${commands}`;
  return `cannot write to ${folder} (${code}); ${advice}`;
}

function readOrCreate<Value>(folder: string, file: KeptFile<Value>, generated: string[]): Value {
  const path = join(folder, file.name);
  try {
    if (createOnce(folder, path, file)) generated.push(file.name);
    return readKept(path, file);
  } catch (error) {
    throw error instanceof ConfigProblems ? error : unreadable(path, error);
  }
}

function readKept<Value>(path: string, file: KeptFile<Value>): Value {
  const parsed = file.parse(readFileSync(path, 'utf8').trim());
  if ('value' in parsed) return parsed.value;
  throw new ConfigProblems([{ name: 'DATA_DIR', text: `${path} is spoilt: ${parsed.expected}; ${file.remedy}` }]);
}

function unreadable(path: string, error: unknown): ConfigProblems {
  const text = `cannot read or create ${path} (${systemCode(error)}); give this user the folder and its files`;
  return new ConfigProblems([{ name: 'DATA_DIR', text }]);
}

/**
 * Of several processes that start together one creates the file and all read the same: a hard link, unlike a rename, fails when the
 * name is taken, and nobody sees a half-written file. Synced to disk, because data encrypted with a lost key is lost.
 */
function createOnce(folder: string, path: string, file: KeptFile<unknown>): boolean {
  if (existsSync(path)) return false;
  const temporary = join(folder, temporaryName(file.name));
  try {
    writeSynced(temporary, `${file.create()}\n`);
    linkSync(temporary, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(folder);
  return true;
}

function writeSynced(path: string, text: string): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function temporaryName(purpose: string): string {
  return `.${purpose}-${randomBytes(6).toString('hex')}`;
}
