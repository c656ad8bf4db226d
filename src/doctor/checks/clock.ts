import { request } from 'undici';
import { number, selection } from '../../platform/database/rows.js';
import { look, type Patient } from '../patient.js';
import { failed, ok, skipped, warning, type Finding } from '../finding.js';

/** `Date` tells whole seconds, and trips take time. */
const OFF_MS = 5_000;
const FAR_OFF_MS = 60_000;
const LIMIT_MS = 4_000;

const NOW = selection({ now: number('UNIX_TIMESTAMP(NOW(3)) * 1000') });

const REASON =
  'Sessions expire and numbers are lent anew by this clock; receivers refuse callbacks whose time is far off; times of calls are those of Plivo.';
const REMEDY = 'Let the machine follow a time server (timedatectl set-ntp true, or chrony), and restart the service.';

/** This machine's clock beside those of the database and of Plivo. A simulator's clock that was moved on purpose is not meant. */
export async function checkClock(patient: Patient): Promise<Finding[]> {
  const others = [await beside(patient, 'the database', databaseNow), await beside(patient, 'Plivo', plivoNow)];
  const found = others.filter((finding) => finding !== null);
  return found.length > 0 ? found : [skipped('no other clock could be asked')];
}

async function beside(
  patient: Patient,
  whose: string,
  ask: (patient: Patient) => Promise<number | null>,
): Promise<Finding | null> {
  const before = patient.clock.wall();
  const theirs = await ask(patient).catch(() => null);
  if (theirs === null) return null;
  const offMs = Math.round((before + patient.clock.wall()) / 2 - theirs);
  const found = `${Math.abs(offMs / 1000).toFixed(1)} s ${offMs < 0 ? 'behind' : 'ahead of'} ${whose}`;
  if (Math.abs(offMs) < OFF_MS) return ok(`within ${OFF_MS / 1000} s of ${whose}`);
  return Math.abs(offMs) < FAR_OFF_MS ? warning(found, REASON, REMEDY) : failed(found, REASON, REMEDY);
}

/** SQLite has this machine's. */
async function databaseNow({ database }: Patient): Promise<number | null> {
  if (!database || database.isSqlite) return null;
  const [row] = await look(database, (manager) => NOW.read(manager, ''));
  return row?.now ?? null;
}

/** Whatever it answers to somebody without credentials, it says when. */
async function plivoNow({ config }: Patient): Promise<number | null> {
  if (config.provider.kind !== 'plivo') return null;
  const { headers, body } = await request(`${config.provider.apiUrl}/v1/`, { signal: AbortSignal.timeout(LIMIT_MS) });
  await body.dump().catch(() => undefined);
  const at = typeof headers['date'] === 'string' ? Date.parse(headers['date']) : Number.NaN;
  // In the middle of the second that it tells.
  return Number.isNaN(at) ? null : at + 500;
}
