import { describeDatabase } from '../../platform/database/describe-database.js';
import { whyDatabaseRefused } from '../../platform/database/why-refused.js';
import { look, type Patient } from '../patient.js';
import { failed, ok, warning, type Finding } from '../finding.js';

/** A statement on one's own machine takes far less, on another one of the same network some milliseconds. */
const SLOW_MS = 250;

/** Whether it answers. */
export async function checkDatabase(patient: Patient): Promise<Finding> {
  const { config, database, databaseError } = patient;
  const name = describeDatabase(config.database);
  if (!database) return databaseError === null ? notMadeYet(patient, name) : unreachable(patient, databaseError);
  const before = performance.now();
  try {
    await look(database, (manager) => manager.query('SELECT 1'));
    if (database.isSqlite) {
      const damage = await look(database, damageOf);
      if (damage !== null)
        return failed(
          `${name} is damaged: ${damage}`,
          'What is read may be wrong, and writes may fail.',
          'Stop the service, keep a copy of the file, and restore the last backup.',
        );
    }
    const move = await look(database, patient.lookForMove);
    if (move !== null) return moved(name, move);
  } catch (error) {
    return unreachable(patient, error);
  }
  const ms = Math.round(performance.now() - before);
  if (ms > SLOW_MS && !database.isSqlite)
    return warning(
      `${name} answers in ${ms} ms`,
      'Each answer of this service takes two such trips, and Plivo waits for answers.',
      'Bring service and database closer together, or find what keeps the database busy.',
    );
  return ok(`${name} answers`);
}

function unreachable({ config }: Patient, error: unknown): Finding {
  const { found, remedy } = whyDatabaseRefused(error, config.database);
  return failed(found, 'Without it sessions are answered 503 and callers hear that they cannot be connected.', remedy);
}

function moved(name: string, { found, remedy }: { found: string; remedy: string }): Finding {
  return failed(
    `${name}: ${found}`,
    'No process starts on it: two databases that lend the same numbers would connect people with strangers.',
    `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.`,
  );
}

/** Keys without the database that they open: somebody has lost it, or another file is named. */
function notMadeYet({ config, kept }: Patient, name: string): Finding {
  if (!kept.hasKeyFile) return ok(`${name}: not there yet, the first start makes it`);
  return warning(
    `${name} is not there, though ${config.dataDir} has the key of an earlier start`,
    'The next start would make an empty database: sessions, numbers and calls of the lost one would be unknown.',
    'Put the file back from a backup, or correct DATABASE_URL; where nothing is lost, go on.',
  );
}

const LARGEST_LOOKED_THROUGH_PAGES = 16_384;

/** Looking through a large file takes as long as reading it. */
async function damageOf(manager: { query<T>(sql: string): Promise<T> }): Promise<string | null> {
  const [size] = await manager.query<{ page_count: number }[]>('PRAGMA page_count');
  if ((size?.page_count ?? 0) > LARGEST_LOOKED_THROUGH_PAGES) return null;
  const [first] = await manager.query<{ quick_check: string }[]>('PRAGMA quick_check(1)');
  return first === undefined || first.quick_check === 'ok' ? null : first.quick_check;
}
