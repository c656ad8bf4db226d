import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IDENTITY_VERSION } from '../dist/src/telephony/identity.js';
import { openBulk } from './bulk-rows.mjs';
import { kinds, newFolder } from './databases.mjs';
import { scaleRows, TABLES } from './scale-rows.mjs';

/**
 * The schema is brought up to this migration, then the rows are put in, then the migrations after it run. So whatever a later version keeps with the
 * facts, be it sums, counters or columns, is made of these rows as at an operator's upgrade, and this file need not know it. A build that does not have
 * this migration is filled after all of its own.
 */
const FILLED_AT = 'AddLeadToVirtualNumber1764320000011';
const DAY_MS = 86_400_000;

/** A new database of the build in `root` with so many live sessions. Answers with where it is, and what is known of it. */
export async function filledDatabase({ kind, root, sessions, say }) {
  const databaseUrl = await kinds[kind].create();
  const began = performance.now();
  const now = Date.now();
  const migrations = await migrationsOf(root, kind, databaseUrl);
  await migrations.run(FILLED_AT);

  const rows = scaleRows(sessions, now);
  const bulk = await openBulk(databaseUrl);
  for (const [table, shape] of Object.entries(TABLES)) {
    const rebuild = await bulk.dropIndexes(table);
    let done = 0;
    let saidAt = performance.now();
    await bulk.insert(table, shape, rows[table](), (count) => {
      done += count;
      if (performance.now() - saidAt < 5_000) return;
      saidAt = performance.now();
      say(`${table}: ${done} rows, ${seconds(began)} s so far`);
    });
    await rebuild();
  }
  await noteAsDone(bulk, now);
  await bulk.close();
  await migrations.run();
  say(`${sessions} live sessions, ${sessions * 2} assignments in ${seconds(began)} s`);
  return { databaseUrl, dataFolder: newFolder(), sessions, rows };
}

/** Work on all sessions that a database that has always been of this version would not wait for. */
async function noteAsDone(bulk, now) {
  if (await bulk.hasTable('party_reindex')) {
    const columns = 'INSERT INTO party_reindex (id, version, stage, at, session_id) VALUES';
    await bulk.run(`${columns} (1, ${IDENTITY_VERSION}, 'done', 0, '')`);
  }
  await bulk.run(`INSERT INTO scheduled_task (name, next_run_at) VALUES ('billing-stats.recount', ${now + DAY_MS})`);
}

async function migrationsOf(root, kind, databaseUrl) {
  const { openDatabase, migrate } = await import(pathToFileURL(join(root, 'dist/src/data-source.js')).href);
  const place = kind === 'sqlite' ? { kind, file: databaseUrl.slice('sqlite:'.length) } : { kind, url: databaseUrl };
  return {
    /** All of them, or those up to one. */
    async run(last) {
      const dataSource = await openDatabase(place);
      const at = dataSource.migrations.findIndex(({ name, constructor }) => (name ?? constructor.name) === last);
      if (at !== -1) dataSource.migrations.splice(at + 1);
      await migrate(dataSource);
      await dataSource.destroy();
    },
  };
}

function seconds(began) {
  return ((performance.now() - began) / 1000).toFixed(1);
}
