import { setTimeout as delay } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { sqliteDriver } from '../dist/src/platform/database/sqlite-driver.js';

const LIMIT_MS = 600_000;
const EVERY_MS = 500;
/** Their rows come one after another, so all that are there may be over before the next one is. */
const QUIET_LOOKS = 3;
/** Each task that is one process's at a time has a row from its first turn on, and a result from the end of that; the recount is put off by the filler. */
const RESULTS = "SELECT last_result AS result FROM scheduled_task WHERE name <> 'billing-stats.recount'";

/**
 * Waits until each of the service's own tasks has come to its end once. What it counts or sums up in the background, it has then made of the rows that
 * it was given, as some time after an upgrade.
 */
export async function settled({ databaseUrl }, say) {
  const results = await openResults(databaseUrl);
  const began = performance.now();
  try {
    for (let quiet = 0; quiet < QUIET_LOOKS;) {
      quiet = isOver(await results.read()) ? quiet + 1 : 0;
      if (performance.now() - began > LIMIT_MS) throw new Error('the tasks of the service do not come to their end');
      await delay(EVERY_MS);
    }
  } finally {
    await results.close();
  }
  say(`its tasks have run after ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

function isOver(rows) {
  return rows.length > 0 && rows.every(({ result }) => result !== null && result !== 'TimedOut');
}

async function openResults(url) {
  if (url.startsWith('sqlite:')) {
    const Driver = sqliteDriver();
    const database = new Driver(url.slice('sqlite:'.length), { readonly: true });
    return { read: async () => database.prepare(RESULTS).all(), close: async () => database.close() };
  }
  const connection = await mysql.createConnection(url);
  return { read: async () => (await connection.query(RESULTS))[0], close: () => connection.end() };
}
