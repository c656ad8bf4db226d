import { checkClock } from './checks/clock.js';
import { checkDataFolder } from './checks/data-folder.js';
import { checkDatabase } from './checks/database.js';
import { checkDatabaseSettings, checkDatabaseVersion, checkMigrations } from './checks/database-server.js';
import { checkDisk } from './checks/disk.js';
import { checkEncryptionKey } from './checks/encryption-key.js';
import { checkNode } from './checks/node.js';
import { checkApplications, checkApplicationUrls, checkNumbers } from './checks/numbers.js';
import { checkPlivoCredentials, checkSignature } from './checks/plivo-account.js';
import { checkProcess, checkWorker } from './checks/process.js';
import { checkPublicUrl } from './checks/public-url.js';
import { checkRecordings } from './checks/recordings.js';
import { checkSettings } from './checks/settings.js';
import { checkCallbacks, checkJobs, checkScheduler, checkWebhooks } from './checks/work.js';
import { isMissingTable } from '../platform/database/transaction.js';
import { skipped, type Finding } from './finding.js';
import { inTime, type Patient } from './patient.js';

type Check = (patient: Patient) => Promise<Finding | Finding[]>;

/** In the order in which they are told: what others rest on comes first. docs/doctor.md explains each. */
const CHECKS = {
  node: checkNode,
  settings: checkSettings,
  'data-folder': checkDataFolder,
  disk: checkDisk,
  database: checkDatabase,
  'database-version': checkDatabaseVersion,
  'database-settings': checkDatabaseSettings,
  migrations: checkMigrations,
  'encryption-key': checkEncryptionKey,
  process: checkProcess,
  'public-url': checkPublicUrl,
  clock: checkClock,
  'plivo-credentials': checkPlivoCredentials,
  signature: checkSignature,
  numbers: checkNumbers,
  applications: checkApplications,
  'application-urls': checkApplicationUrls,
  webhooks: checkWebhooks,
  worker: checkWorker,
  jobs: checkJobs,
  scheduler: checkScheduler,
  callbacks: checkCallbacks,
  recordings: checkRecordings,
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof CHECKS;
export const CHECK_NAMES = Object.keys(CHECKS) as CheckName[];

export interface CheckResult extends Finding {
  name: CheckName;
}

/** A listing of many numbers at Plivo takes its time; a person waits for it. */
const LIMIT_MS = 60_000;

/** Makes these checks side by side, and tells what each has found. Never rejects: what cannot be looked at is `skipped`. */
export async function examine(patient: Patient, names: readonly CheckName[] = CHECK_NAMES): Promise<CheckResult[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      const findings = await inTime((CHECKS[name] as Check)(patient), LIMIT_MS, 'no answer in time').catch(unlooked);
      return [findings].flat().map((finding) => ({ name, ...finding }));
    }),
  );
  return found.flat();
}

function unlooked(error: unknown): Finding {
  if (isMissingTable(error)) return skipped('its table is not there yet: see migrations');
  return skipped(error instanceof Error ? error.message.slice(0, 200) : 'unknown');
}
