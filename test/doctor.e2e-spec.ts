import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import mysql from 'mysql2';
import { request } from 'undici';
import { openDatabase } from '../src/data-source.js';
import { CHECK_NAMES, type CheckName, type CheckResult } from '../src/doctor/index.js';
import { examineInstallation, type Examined } from '../src/examine-installation.js';
import type { Connections } from '../src/platform/database/connections.js';
import { masking } from './support/command-line.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { eventually } from './support/eventually.js';
import {
  ADMIN_TOKEN,
  AUTH_ID,
  AUTH_TOKEN,
  freePort,
  sharedSettings,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';

type Settings = Record<string, string>;

/** An installation that is really broken, and what must be said of it. */
interface Broken {
  what: string;
  /** Breaks it, and says with which settings it is looked at; what is to be mended afterwards is given to `mend`. */
  how: (mend: (work: () => unknown) => void) => Promise<Settings> | Settings;
  check: CheckName;
  verdict: 'warning' | 'failed';
  found: RegExp;
  remedy: RegExp;
  exitCode?: 3;
  on?: 'sqlite' | 'mysql';
  /** What needs a file system of its own: who may not mount one leaves it out. */
  needsMount?: true;
}

const canMount = process.geteuid?.() === 0 && tryMount();

function tryMount(): boolean {
  const place = `/tmp/masking-mount-${process.pid}`;
  mkdirSync(place, { recursive: true });
  const isDone = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place]).status === 0;
  if (isDone) spawnSync('umount', [place]);
  return isDone;
}

// The service runs for real, with the simulated Plivo in it; what is broken is broken in its settings, its files, its database, at Plivo or in the network.
describe.each(databaseKinds)('masking doctor (%s)', (kind) => {
  const cleanUp: (() => unknown)[] = [];
  let settings: Settings;
  let service: ServiceProcess;
  let db: Connections;
  let folder: string;
  let port: string;

  beforeAll(async () => {
    const place = await temporaryFolder();
    folder = join(place.path, 'data');
    mkdirSync(folder, { mode: 0o700 });
    const database = await createMigratedDatabase(kind, join(folder, 'masking.db'));
    const made = { ...sharedSettings(database.url, folder), SYNC_NUMBERS: 'true' };
    service = await startProcess(made);
    port = new URL(service.baseUrl).port;
    settings = { ...made, PORT: port };
    db = await openDatabase(
      kind === 'sqlite' ? { kind, file: join(folder, 'masking.db') } : { kind, url: database.url },
    );
    cleanUp.push(
      place.remove,
      database.drop,
      () => db.destroy(),
      () => service.kill(),
    );
  }, 120_000);
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  const found = ({ checks }: Examined, name: CheckName) => checks.filter((check) => check.name === name);
  /** What the server of the tests was told is its own affair. */
  const troubles = ({ checks }: Examined) =>
    checks.filter(({ name, verdict }) => verdict !== 'ok' && verdict !== 'skipped' && name !== 'database-settings');

  /** An HTTP server of somebody else's. */
  async function stranger(
    answer: (url: string) => { status: number; body?: string; headers?: Settings },
  ): Promise<string> {
    const server: Server = createServer((asked, reply) => {
      const { status, body = '', headers = {} } = answer(asked.url ?? '');
      reply.writeHead(status, headers).end(body);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUp.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** A server that speaks MySQL's protocol, and ends every log-in as it is told. */
  async function mysqlStandIn(version: string, isLettingIn: boolean): Promise<string> {
    const server = (mysql as unknown as { createServer(): MysqlServer }).createServer();
    const at = await freePort();
    server.on('connection', (connection) => {
      connection.serverHandshake({
        protocolVersion: 10,
        serverVersion: version,
        connectionId: 1,
        statusFlags: 2,
        characterSet: 45,
        capabilityFlags: 0x00ffffff & ~0x800,
        authCallback: (_: unknown, done: (error: null, refusal?: { message: string; code: number }) => void) => {
          if (isLettingIn) done(null);
          else done(null, { message: "Access denied for user 'masking'@'host'", code: 1045 });
          connection.sequenceId = 0;
        },
      });
      connection.on('error', () => undefined);
      const answer = (write: () => void): void => {
        // As a server does, from 1 on for each command.
        connection.sequenceId = 1;
        write();
        connection.sequenceId = 0;
      };
      connection.on('stmt_prepare', (sql) =>
        answer(() =>
          /^SET /i.test(sql) ? connection.writeOk() : connection.writeError({ message: 'not here', code: 1295 }),
        ),
      );
      connection.on('query', (sql) =>
        answer(() => {
          if (!/VERSION\(\)/i.test(sql)) connection.writeOk();
          else connection.writeTextResult([{ version }], [VERSION_COLUMN]);
        }),
      );
    });
    server.listen(at);
    cleanUp.push(() => server.close());
    return `mysql://masking:secret-password@127.0.0.1:${at}/masking`;
  }

  const elsewhere = (name: string): string => {
    const place = join(dirname(folder), name);
    mkdirSync(place, { recursive: true, mode: 0o700 });
    return place;
  };
  const mounted = (name: string, options: string): string => {
    const place = elsewhere(name);
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]);
    cleanUp.push(() => spawnSync('umount', [place]));
    return place;
  };
  async function lead(destination: 'here' | 'elsewhere' | 'nowhere'): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ leads_to: destination });
    for (const number of ['14155550100', '442079460001']) {
      const answer = await request(`${service.baseUrl}/simulator/control/numbers/${number}`, {
        method: 'PUT',
        headers,
        body,
      });
      await answer.body.dump();
    }
  }
  const addJob = (status: string, minutesAgo: number): Promise<unknown> =>
    db.query(
      "INSERT INTO job (id, kind, payload, status, run_at, attempts, created_at) VALUES (?, 'nobody.does-this', '{}', ?, ?, 1, 0)",
      [randomBytes(8).toString('hex'), status, Date.now() - minutesAgo * 60_000],
    );
  const forgetJobs = (): Promise<unknown> => db.query("DELETE FROM job WHERE kind = 'nobody.does-this'");

  it('finds nothing where nothing is wrong, and changes nothing', async () => {
    const facts = () =>
      readdirSync(folder, { recursive: true })
        .filter((name) => !/-(wal|shm)$/.test(String(name)))
        .map((name) => `${String(name)} ${statSync(join(folder, String(name))).mode}`)
        .sort();
    const before = facts();
    const examined = await examineInstallation(settings);
    expect(troubles(examined)).toEqual([]);
    if (kind === 'sqlite') expect(examined.exitCode).toBe(0);
    expect([...new Set(examined.checks.map(({ name }) => name))]).toEqual(CHECK_NAMES);
    expect(examined.checks.filter(({ verdict }) => verdict === 'skipped').map(({ name }) => name)).toEqual(
      kind === 'sqlite' ? ['clock'] : [],
    );
    expect(facts()).toEqual(before);
  });

  const broken: Broken[] = [
    {
      what: 'a setting that is misspelt',
      how: () => ({ ...settings, DATABSE_URL: 'sqlite:x.db' }),
      check: 'settings',
      verdict: 'failed',
      found: /^DATABSE_URL: unknown; did you mean DATABASE_URL\?$/,
      remedy: /Correct DATABSE_URL/,
      exitCode: 3,
    },
    {
      what: 'one secret set twice',
      how: () => ({ ...settings, ADMIN_TOKEN_FILE: '/dev/null' }),
      check: 'settings',
      verdict: 'failed',
      found: /ADMIN_TOKEN: set twice; keep either ADMIN_TOKEN or ADMIN_TOKEN_FILE/,
      remedy: /Correct ADMIN_TOKEN/,
      exitCode: 3,
    },
    {
      what: 'PUBLIC_URL without TLS in production',
      how: () => ({ ...settings, NODE_ENV: 'production', PROVIDER: 'plivo', PUBLIC_URL: 'http://masking.example.com' }),
      check: 'settings',
      verdict: 'failed',
      found: /PUBLIC_URL: must be https in production/,
      remedy: /Correct PUBLIC_URL/,
      exitCode: 3,
    },
    {
      what: 'the data folder is a file',
      how: () => {
        writeFileSync(join(dirname(folder), 'a-file'), '');
        return { ...settings, DATA_DIR: join(dirname(folder), 'a-file', 'data') };
      },
      check: 'data-folder',
      verdict: 'failed',
      found: /a-file\/data: ENOTDIR/,
      remedy: /is not a folder and cannot become one; name another/,
    },
    {
      what: 'the data folder cannot be written to',
      how: () => ({ ...settings, DATA_DIR: mounted('read-only', 'size=1m,ro') }),
      check: 'data-folder',
      verdict: 'failed',
      found: /read-only: EROFS/,
      remedy: /mount it writable/,
      needsMount: true,
    },
    {
      what: 'keys that others can read',
      how: () => {
        const place = elsewhere('open-keys');
        writeFileSync(join(place, 'encryption-key'), settings['ENCRYPTION_KEY'] ?? '');
        chmodSync(join(place, 'encryption-key'), 0o644);
        return { ...settings, DATA_DIR: place };
      },
      check: 'data-folder',
      verdict: 'warning',
      found: /^encryption-key in .*: readable for other users$/,
      remedy: /chmod -R go-rwx/,
    },
    {
      what: 'a key file that is spoilt',
      how: () => {
        const place = elsewhere('spoilt-key');
        writeFileSync(join(place, 'encryption-key'), 'half a ke', { mode: 0o600 });
        const { ENCRYPTION_KEY: _, ...others } = settings;
        return { ...others, DATA_DIR: place };
      },
      check: 'data-folder',
      verdict: 'failed',
      found: /encryption-key is spoilt: expected 32 bytes in base64/,
      remedy: /Do as it says/,
    },
    {
      what: 'a full disk',
      how: () => ({ ...settings, DATA_DIR: mounted('full', 'size=2m') }),
      check: 'disk',
      verdict: 'failed',
      found: /^[12] MiB free at .*full$/,
      remedy: /Make room there/,
      needsMount: true,
    },
    {
      what: 'a database that is away',
      how: async () => ({
        ...settings,
        DATABASE_URL: `mysql://masking:secret-password@127.0.0.1:${await freePort()}/masking`,
      }),
      check: 'database',
      verdict: 'failed',
      found: /^mysql 127\.0\.0\.1:\d+\/masking cannot be reached \(ECONNREFUSED\)$/,
      remedy: /Start the database server/,
    },
    {
      what: 'a wrong password of the database',
      how: async () => ({ ...settings, DATABASE_URL: await mysqlStandIn('8.4.0', false) }),
      check: 'database',
      verdict: 'failed',
      found: /refuses user masking or the password$/,
      remedy: /Correct user and password in DATABASE_URL/,
    },
    {
      what: 'a wrong password of this very server',
      how: () => ({ ...settings, DATABASE_URL: (settings['DATABASE_URL'] ?? '').replace('root@', 'nobody:wrong@') }),
      check: 'database',
      verdict: 'failed',
      found: /refuses user nobody or the password$/,
      remedy: /Correct user and password in DATABASE_URL/,
      on: 'mysql',
    },
    {
      what: 'a name that the server has no database of',
      how: () => ({ ...settings, DATABASE_URL: (settings['DATABASE_URL'] ?? '').replace(/[^/]+$/, 'masking_nowhere') }),
      check: 'database',
      verdict: 'failed',
      found: /no database of this name/,
      remedy: /CREATE DATABASE/,
      on: 'mysql',
    },
    {
      what: 'an old database server',
      how: async () => ({ ...settings, DATABASE_URL: await mysqlStandIn('5.7.44', true) }),
      check: 'database-version',
      verdict: 'failed',
      found: /^MySQL 5\.7\.44$/,
      remedy: /Upgrade to MySQL 8 or MariaDB 10\.6/,
    },
    {
      what: 'a file that is no database',
      how: () => {
        const file = join(elsewhere('garbage'), 'masking.db');
        writeFileSync(file, randomBytes(8192), { mode: 0o600 });
        return { ...settings, DATABASE_URL: `sqlite:${file}` };
      },
      check: 'database',
      verdict: 'failed',
      found: /is no SQLite database/,
      remedy: /put the file back from a backup/,
    },
    {
      what: 'a lost database',
      how: () => {
        const place = elsewhere('lost-database');
        writeFileSync(join(place, 'encryption-key'), settings['ENCRYPTION_KEY'] ?? '', { mode: 0o600 });
        return { ...settings, DATA_DIR: place, DATABASE_URL: `sqlite:${join(place, 'masking.db')}` };
      },
      check: 'database',
      verdict: 'warning',
      found: /masking\.db is not there, though .* has the key of an earlier start/,
      remedy: /Put the file back from a backup/,
    },
    {
      what: 'a database that has moved',
      how: async (mend) => {
        await db.query(
          "INSERT INTO database_move (id, role, move_id, place, begun_at) VALUES (1, 'left', '00000000-0000-4000-8000-000000000000', 'mysql://db.example/masking', 1)",
        );
        mend(() => db.query('DELETE FROM database_move'));
        return settings;
      },
      check: 'database',
      verdict: 'failed',
      found: /: this database was moved to mysql:\/\/db\.example\/masking and is kept as it was$/,
      remedy: /^Name that one in DATABASE_URL\. .*masking move --undo\.$/,
    },
    {
      what: 'a migration that is missing',
      how: async (mend) => {
        const [last] = await db.query('SELECT timestamp, name FROM migration ORDER BY timestamp DESC LIMIT 1');
        await db.query('DELETE FROM migration WHERE name = ?', [last.name]);
        mend(() => db.query('INSERT INTO migration (timestamp, name) VALUES (?, ?)', [last.timestamp, last.name]));
        return settings;
      },
      check: 'migrations',
      verdict: 'failed',
      found: /^1 to run, \w+ first$/,
      remedy: /Start this version: it runs them/,
    },
    {
      what: 'a database that a later version has worked on',
      how: async (mend) => {
        await db.query("INSERT INTO migration (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')");
        mend(() => db.query("DELETE FROM migration WHERE name = 'FromTheFuture9999999999999'"));
        return settings;
      },
      check: 'migrations',
      verdict: 'warning',
      found: /1 of another version, such as FromTheFuture/,
      remedy: /Run the later version/,
    },
    {
      what: 'another key than the database was written with',
      how: () => ({ ...settings, ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') }),
      check: 'encryption-key',
      verdict: 'failed',
      found: /the key of the settings is not the one that the database was written with/,
      remedy: /Set the key that it was written with/,
    },
    {
      what: 'a key that was taken out too early',
      how: () => {
        const { ENCRYPTION_KEY: _, ...others } = settings;
        return { ...others, ENCRYPTION_KEYS: `2:${Buffer.alloc(32, 9).toString('base64')}` };
      },
      check: 'encryption-key',
      verdict: 'failed',
      found: /^key 1 is missing, and the database has values that are sealed with it$/,
      remedy: /Put it back into ENCRYPTION_KEYS behind the others/,
    },
    {
      what: 'a key that takes the place of another, which is in use',
      how: () => {
        const { ENCRYPTION_KEY: former, ...others } = settings;
        return { ...others, ENCRYPTION_KEYS: `2:${Buffer.alloc(32, 9).toString('base64')},1:${former}` };
      },
      check: 'encryption-key',
      verdict: 'warning',
      found: /^key 2 seals, and key 1 is still in use$/,
      remedy: /masking keys rotate/,
    },
    {
      what: 'a lost key',
      how: () => {
        const { ENCRYPTION_KEY: _, ...others } = settings;
        return others;
      },
      check: 'encryption-key',
      verdict: 'failed',
      found: /there is no key, and the database was written with one/,
      remedy: /Put the file encryption-key back into DATA_DIR/,
    },
    {
      what: 'a second process on the SQLite file',
      how: async () => ({ ...settings, PORT: String(await freePort()), PUBLIC_URL: service.baseUrl }),
      check: 'process',
      verdict: 'failed',
      found: /^another process serves this SQLite file, not at 127\.0\.0\.1:\d+: process \d+ on \S+, since 20/,
      remedy: /Stop that process/,
      on: 'sqlite',
    },
    {
      what: 'a port that another program has',
      how: async () => {
        const other = await stranger(() => ({ status: 200, body: 'hello' }));
        const file = join(elsewhere('port-taken'), 'masking.db');
        const sqlite = { DATABASE_URL: `sqlite:${file}` };
        const made = await openDatabase({ kind: 'sqlite', file });
        await made.destroy();
        return { ...settings, ...sqlite, PORT: new URL(other).port, PUBLIC_URL: service.baseUrl };
      },
      check: 'process',
      verdict: 'failed',
      found: /^127\.0\.0\.1:\d+ is taken by another program$/,
      remedy: /set another PORT/,
    },
    {
      what: 'PUBLIC_URL that leads to another service',
      how: async () => ({
        ...settings,
        PUBLIC_URL: await stranger(() => ({ status: 200, body: '<html>hello</html>' })),
      }),
      check: 'public-url',
      verdict: 'failed',
      found: /leads to something else, which answers with status 200/,
      remedy: /Correct PUBLIC_URL/,
    },
    {
      what: 'PUBLIC_URL that leads to another installation of this service',
      how: async () => ({
        ...settings,
        PUBLIC_URL: await stranger(() => ({ status: 200, body: '{"status":"ok","proof":"of somebody else"}' })),
      }),
      check: 'public-url',
      verdict: 'failed',
      found: /leads to another installation of this service/,
      remedy: /Correct PUBLIC_URL/,
    },
    {
      what: 'PUBLIC_URL that redirects',
      how: async () => ({
        ...settings,
        PUBLIC_URL: await stranger((url) => ({ status: 301, headers: { location: `https://www.example.com${url}` } })),
      }),
      check: 'public-url',
      verdict: 'failed',
      found: /redirects to https:\/\/www\.example\.com\/livez/,
      remedy: /the address at the end of the redirects/,
    },
    {
      what: 'PUBLIC_URL whose proxy does not reach the service',
      how: async () => ({ ...settings, PUBLIC_URL: await stranger(() => ({ status: 502 })) }),
      check: 'public-url',
      verdict: 'failed',
      found: /answers with status 502: the proxy there does not reach this service/,
      remedy: /the address and port that the proxy leads to/,
    },
    {
      what: 'PUBLIC_URL where nobody answers',
      how: async () => ({ ...settings, PUBLIC_URL: `http://127.0.0.1:${await freePort()}` }),
      check: 'public-url',
      verdict: 'failed',
      found: /is not reached from here \(ECONNREFUSED\)/,
      remedy: /from another network: curl http:\/\/127\.0\.0\.1:\d+\/livez/,
    },
    {
      what: 'a clock that is far off',
      how: async () => {
        const date = new Date(Date.now() + 10 * 60_000).toUTCString();
        return {
          ...settings,
          PROVIDER: 'plivo',
          PLIVO_API_URL: await stranger(() => ({ status: 401, headers: { date } })),
        };
      },
      check: 'clock',
      verdict: 'failed',
      found: /^(59\d|60\d)\.\d s behind Plivo$/,
      remedy: /follow a time server/,
    },
    {
      what: 'a wrong token of Plivo',
      how: () => ({ ...settings, PLIVO_AUTH_TOKEN: 'not-the-token-of-this-account' }),
      check: 'plivo-credentials',
      verdict: 'failed',
      found: new RegExp(`^Plivo refuses the credentials of ${AUTH_ID} \\(status 401\\)$`),
      remedy: /Set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN/,
    },
    {
      what: 'a Plivo that is not reached',
      how: async () => ({ ...settings, PROVIDER: 'plivo', PLIVO_API_URL: `http://127.0.0.1:${await freePort()}` }),
      check: 'plivo-credentials',
      verdict: 'failed',
      found: /^Plivo does not answer at http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
      remedy: /PLIVO_API_URL/,
    },
    {
      what: 'PUBLIC_URL left out with real calls',
      how: () => ({ ...settings, PROVIDER: 'plivo', PLIVO_API_URL: `${service.baseUrl}/simulator` }),
      check: 'public-url',
      verdict: 'failed',
      found: /^PUBLIC_URL is not set: http:\/\/127\.0\.0\.1/,
      remedy: /Set PUBLIC_URL to the https address/,
    },
    {
      what: 'no numbers',
      how: async (mend) => {
        await db.query("UPDATE virtual_number SET status = 'retired'");
        mend(() => db.query("UPDATE virtual_number SET status = 'active'"));
        return settings;
      },
      check: 'numbers',
      verdict: 'failed',
      found: new RegExp(`^${AUTH_ID}: no number in the pool$`),
      remedy: /Rent voice numbers at Plivo/,
    },
    {
      what: 'numbers with an application of somebody else',
      how: async (mend) => {
        await lead('elsewhere');
        mend(() => lead('here'));
        return settings;
      },
      check: 'applications',
      verdict: 'failed',
      found: /^2 numbers have an application that leads elsewhere \(hotline\)$/,
      remedy: /masking plivo setup/,
    },
    {
      what: 'numbers without an application',
      how: async (mend) => {
        await lead('nowhere');
        mend(() => lead('here'));
        return settings;
      },
      check: 'applications',
      verdict: 'failed',
      found: /^2 numbers have no application$/,
      remedy: /masking plivo setup/,
    },
    {
      what: 'an application that has kept a former address',
      how: () => ({ ...settings, PUBLIC_URL: 'http://127.0.0.1:9' }),
      check: 'application-urls',
      verdict: 'failed',
      found: /^application masking leads to http:\/\/127\.0\.0\.1:\d+, and PUBLIC_URL is http:\/\/127\.0\.0\.1:9$/,
      remedy: /masking plivo setup/,
    },
    {
      what: 'webhooks that are refused',
      how: async (mend) => {
        await db.query(
          "INSERT INTO refused_webhook (account_id, minute, path, method, reason, signed_url, at, count) VALUES (?, 0, '/plivo/x/answer', 'POST', 'wrong-signature', '', ?, 7)",
          [AUTH_ID, Date.now()],
        );
        mend(() => db.query('DELETE FROM refused_webhook'));
        return settings;
      },
      check: 'webhooks',
      verdict: 'warning',
      found: /^7 refused within a day: wrong-signature$/,
      remedy: /PUBLIC_URL letter by letter/,
    },
    {
      what: 'nobody who runs jobs',
      how: async (mend) => {
        await db.query("UPDATE process SET role = 'api'");
        mend(() => db.query("UPDATE process SET role = 'all'"));
        return settings;
      },
      check: 'worker',
      verdict: 'failed',
      found: /^1 processes with ROLE=api, none that runs jobs$/,
      remedy: /ROLE=worker/,
    },
    {
      what: 'a job that nobody takes',
      how: async (mend) => {
        await addJob('waiting', 20);
        mend(forgetJobs);
        return settings;
      },
      check: 'jobs',
      verdict: 'failed',
      found: /^1 jobs are due and not begun, the oldest for (19|20) min$/,
      remedy: /GET \/admin\/jobs/,
    },
    {
      what: 'a job that was given up',
      how: async (mend) => {
        await addJob('parked', 20);
        mend(forgetJobs);
        return settings;
      },
      check: 'jobs',
      verdict: 'warning',
      found: /^1 jobs were given up within a day: nobody\.does-this 1$/,
      remedy: /retry/,
    },
    {
      what: 'a receiver that is paused',
      how: async (mend) => {
        await db.query(
          "INSERT INTO failing_receiver (id, lane, account_id, origin, failing_since, last_failed_at, paused_at, was_paused) VALUES ('r', 'l', ?, '1.x', 1, 1, 1, 1)",
          [AUTH_ID],
        );
        mend(() => db.query('DELETE FROM failing_receiver'));
        return settings;
      },
      check: 'callbacks',
      verdict: 'warning',
      found: /^1 receiver is paused: it failed for five days$/,
      remedy: /POST \/admin\/receivers\/\{id\}\/resume/,
    },
    {
      what: 'a folder that recordings cannot be kept in',
      how: () => {
        writeFileSync(join(dirname(folder), 'no-folder'), '');
        return { ...settings, RECORDING_STORE: join(dirname(folder), 'no-folder', 'recordings') };
      },
      check: 'recordings',
      verdict: 'failed',
      found: /no-folder\/recordings: ENOTDIR$/,
      remedy: /Let this user write to the folder/,
    },
    {
      what: 'a bucket that refuses the keys',
      how: async () => ({
        ...settings,
        RECORDING_STORE: 's3://recordings/masking',
        RECORDING_STORE_ENDPOINT: await stranger(() => ({ status: 403 })),
        RECORDING_STORE_ACCESS_KEY: 'key',
        RECORDING_STORE_SECRET_KEY: 'not-the-secret-of-it',
      }),
      check: 'recordings',
      verdict: 'failed',
      found: /^s3:\/\/recordings\/masking: S3 answered with status 403$/,
      remedy: /endpoint, region and keys/,
    },
  ];

  it('knows more than twenty set-ups that are broken', () => {
    expect(broken.length).toBeGreaterThanOrEqual(20);
  });

  describe.each(broken.filter(({ on, needsMount }) => (on ?? kind) === kind && (!needsMount || canMount)))(
    'names $what',
    ({ how, check, verdict, found: words, remedy, exitCode = 1 }) => {
      it('with its remedy, and no secret', async () => {
        const mends: (() => unknown)[] = [];
        const env = await how((work) => mends.push(work));
        let examined: Examined;
        try {
          examined = await examineInstallation(env);
        } finally {
          for (const mend of mends) await mend();
        }
        const told = found(examined, check).find((each) => each.verdict === verdict && words.test(each.found));
        expect(told ?? examined.checks).toMatchObject({
          found: expect.stringMatching(words),
          reason: expect.stringMatching(/\w+/),
          remedy: expect.stringMatching(remedy),
        });
        expect(examined.exitCode).toBe(exitCode);
        const text = JSON.stringify(examined);
        for (const secret of [AUTH_TOKEN, ADMIN_TOKEN, settings['ENCRYPTION_KEY'], 'secret-password', 'not-the-'])
          expect(text).not.toContain(secret);
      });
    },
  );

  it('has made no key and no file where one was lost', () => {
    expect(existsSync(join(folder, 'encryption-key'))).toBe(false);
    expect(existsSync(join(dirname(folder), 'lost-database', 'masking.db'))).toBe(false);
  });

  it('is a command: what is wrong, why and what to do in words or as JSON, and an exit code for each end', async () => {
    const whole = await masking(['doctor', '--json'], { env: settings });
    expect(whole.code).toEqual(kind === 'sqlite' ? 0 : expect.any(Number));
    expect((JSON.parse(whole.stdout) as Examined).checks.length).toBeGreaterThanOrEqual(CHECK_NAMES.length);
    const wrong = await masking(['doctor'], {
      env: { ...settings, PLIVO_AUTH_TOKEN: 'not-the-token-of-this-account' },
    });
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(
      /^FAILED {3}plivo-credentials {2}Plivo refuses the credentials .*\n +Webhooks .*\n +-> Set PLIVO/m,
    );
    const unreadable = await masking(['doctor'], { env: { ...settings, DATABSE_URL: 'x' } });
    expect(unreadable.code).toBe(3);
    expect(unreadable.stdout).toContain('did you mean DATABASE_URL?');
  });

  it('is told by the service too, as its process sees it', async () => {
    const checks = await eventually(async () => {
      const answer = await request(`${service.baseUrl}/admin/system`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      });
      const { checks: known } = (await answer.body.json()) as { checks: (CheckResult & { is_running: boolean })[] };
      expect([...new Set(known.map(({ name }) => name))]).toEqual(CHECK_NAMES);
      expect(known.filter(({ is_running: isRunning }) => isRunning)).toEqual([]);
      return known;
    });
    expect(checks.filter(({ verdict, name }) => verdict === 'failed' && name !== 'database-settings')).toEqual([]);
  });

  it('works when the service does not run, and says so', async () => {
    // Killed, it leaves its row in the database; on a server that looks alive for half a minute.
    await (kind === 'sqlite' ? service.kill() : service.stop());
    const examined = await examineInstallation(settings);
    expect(found(examined, 'process')).toMatchObject([{ verdict: 'ok', found: 'not running' }]);
    expect(found(examined, 'public-url')).toMatchObject([{ verdict: 'skipped', reason: 'the service is not running' }]);
    expect(troubles(examined)).toEqual([]);
  });
});

const VERSION_COLUMN = {
  catalog: 'def',
  schema: '',
  table: '',
  orgTable: '',
  name: 'version',
  orgName: 'version',
  characterSet: 45,
  columnLength: 50,
  columnType: 253,
  flags: 0,
  decimals: 0,
};

interface MysqlServer {
  on(event: 'connection', listener: (connection: MysqlConnection) => void): void;
  listen(port: number): void;
  close(): void;
}

interface MysqlConnection {
  serverHandshake(options: object): void;
  on(event: 'error', listener: () => void): void;
  on(event: 'query' | 'stmt_prepare', listener: (sql: string) => void): void;
  sequenceId: number;
  writeError(error: { message: string; code: number }): void;
  writeTextResult(rows: object[], columns: object[]): void;
  writeOk(): void;
}

describe('docs/doctor.md', () => {
  const text = readFileSync(new URL('../docs/doctor.md', import.meta.url), 'utf8');
  it('explains every check that is made, and no other, in their order', () => {
    expect([...text.matchAll(/^### `([a-z-]+)`$/gm)].map(([, name]) => name)).toEqual(CHECK_NAMES);
  });
  it('says of each what it means and what to do', () => {
    for (const section of text.split(/^### /m).slice(1)) expect(section).toMatch(/\*\*Do:\*\* \S/);
  });
});
