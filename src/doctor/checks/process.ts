import { isOwnedSqlite } from '../../platform/database/own-sqlite.js';
import type { Identity } from '../ask-identity.js';
import { inWords, isAmong, processesHere, type LivingProcess } from '../processes-here.js';
import type { Patient } from '../patient.js';
import { failed, ok, skipped, type Finding } from '../finding.js';

const NOT_RUNNING = 'not running';

/** Who serves this installation: whether something else stands where it listens, or has its SQLite file. */
export async function checkProcess(patient: Patient): Promise<Finding> {
  const { config, isServing, database } = patient;
  const here = await processesHere(patient);
  if (here === null) return skipped('the database does not answer');
  if (isServing) return ok(here.map(inWords).join('; '));

  const answered = await listener(patient);
  if (isAmong(here, answered)) return ok(here.map(inWords).join('; '));
  const file = config.database.kind === 'sqlite' && database ? config.database.file : null;
  if (file !== null && isOwnedSqlite(file)) return otherOwner(addressOf(patient), here);
  if (answered.kind !== 'nobody') return taken(addressOf(patient), answered);
  return ok(here.length === 0 ? NOT_RUNNING : here.map(inWords).join('; '));
}

/** Who answers where these settings listen. */
async function listener({ config: { http }, identify }: Patient): Promise<Identity> {
  if (http.port === 0) return { kind: 'nobody', code: 'any port' };
  const name = http.host === '0.0.0.0' || http.host === '::' ? '127.0.0.1' : http.host;
  return identify(`http://${inUrl(name)}:${http.port}`);
}

function otherOwner(address: string, here: LivingProcess[]): Finding {
  const owner = here.length === 0 ? 'one that is just starting' : here.map(inWords).join('; ');
  return failed(
    `another process serves this SQLite file, not at ${address}: ${owner}`,
    'Two would answer calls from what each remembers of one file, so a start with these settings is refused.',
    'Stop that process, or give this one a DATABASE_URL of its own; MySQL or MariaDB take several.',
  );
}

function taken(address: string, { kind }: Identity): Finding {
  return failed(
    `${address} is taken by ${kind === 'ours' ? 'another installation of this service' : 'another program'}`,
    'The service cannot listen there.',
    'Stop what listens there, or set another PORT.',
  );
}

function addressOf({ config: { http } }: Patient): string {
  return `${inUrl(http.host)}:${http.port}`;
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Whether a process lives that runs jobs. */
export async function checkWorker(patient: Patient): Promise<Finding> {
  const here = await processesHere(patient);
  if (here === null) return skipped('the database does not answer');
  if (here.length === 0) return skipped('the service is not running');
  const workers = here.filter(({ role }) => role !== 'api');
  if (workers.length > 0) return ok(`${workers.length} of ${here.length} processes run jobs`);
  return failed(
    `${here.length} processes with ROLE=api, none that runs jobs`,
    'Callbacks, recordings, expiry and number syncs wait until there is one.',
    'Start a process with ROLE=worker or ROLE=all on the same database.',
  );
}
