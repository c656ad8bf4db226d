import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openDatabase } from '../src/data-source.js';
import { Database } from '../src/platform/database/database.js';
import { parseDatabase } from '../src/platform/settings/config-formats.js';
import { selfSigned } from './support/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'masking-tls-'));
const pathOf = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const right = selfSigned(['localhost']);
const other = selfSigned(['elsewhere.example']);
writeFileSync(pathOf('ca.pem'), right.cert);
writeFileSync(pathOf('key.pem'), right.key);
writeFileSync(pathOf('other.pem'), other.cert);

describe('the query of DATABASE_URL', () => {
  const read = (query: string) => parseDatabase(`mysql://root@localhost:3306/masking${query}`);

  it.each(['', '?ssl=true', '?ssl=unverified', `?ssl=true&ssl_ca=${pathOf('ca.pem')}`])('may be %j', (query) => {
    expect(read(query)).toHaveProperty('value');
  });

  it.each([
    ['?ssl=yes', 'expected ?ssl=true'],
    ['?charset=utf8', 'nothing else may stand'],
    ['?ssl=true&ssl=unverified', 'each once'],
    [`?ssl_ca=${pathOf('ca.pem')}`, 'ssl is missing'],
    [`?ssl=unverified&ssl_ca=${pathOf('ca.pem')}`, 'no authority is asked'],
    [`?ssl=true&ssl_cert=${pathOf('ca.pem')}`, 'ssl_cert and ssl_key together'],
    [`?ssl=true&ssl_ca=${pathOf('nothing.pem')}`, 'ENOENT'],
  ])('%s is refused', (query, why) => {
    const problem = read(query);
    expect('expected' in problem ? problem.expected : '').toContain(why);
    expect(JSON.stringify(problem)).not.toContain('root');
  });
});

// A server of our own needs a machine with its programs.
const isThere = spawnSync('mariadbd', ['--version']).status === 0;

(isThere && process.env['TEST_DATABASE_URL'] ? describe : describe.skip)('a MariaDB that demands TLS', () => {
  let server: ChildProcess;
  let port: number;

  beforeAll(async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    ({ port } = free.address() as AddressInfo);
    free.close();
    // Where everything runs as root, the server does not.
    const { username } = userInfo();
    const user = username === 'root' ? 'mysql' : username;
    if (username === 'root') {
      chmodSync(folder, 0o755);
      chmodSync(pathOf('key.pem'), 0o644);
      spawnSync('install', ['-d', '-o', 'mysql', pathOf('db')]);
    }
    const common = ['--no-defaults', `--datadir=${pathOf('db')}`, `--user=${user}`];
    const made = spawnSync(
      'mariadb-install-db',
      [...common, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(made.stderr + made.stdout);
    server = spawn(
      'mariadbd',
      [
        ...common,
        `--socket=${pathOf('db/socket')}`,
        `--pid-file=${pathOf('db/pid')}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        '--skip-log-bin',
        '--require-secure-transport=ON',
        `--ssl-cert=${pathOf('ca.pem')}`,
        `--ssl-key=${pathOf('key.pem')}`,
      ],
      { stdio: 'ignore' },
    );
    for (let tries = 0; !existsSync(pathOf('db/socket')); tries += 1) {
      if (tries > 150 || server.exitCode !== null) throw new Error('the server did not start');
      await delay(200);
    }
    spawnSync('mariadb', [
      '--no-defaults',
      `--socket=${pathOf('db/socket')}`,
      '-uroot',
      '-e',
      'CREATE DATABASE masking',
    ]);
  }, 120_000);
  afterAll(async () => {
    if (server.exitCode !== null) return;
    server.kill();
    await once(server, 'exit');
  });

  const open = (query: string) =>
    openDatabase({ kind: 'mysql', url: `mysql://root@localhost:${port}/masking${query}` });

  it('is used by reads and by transactions, with its certificate verified', async () => {
    const dataSource = await open(`?ssl=true&ssl_ca=${pathOf('ca.pem')}`);
    await migrate(dataSource);
    const database = new Database(dataSource);
    const ciphers = [
      await database.read((manager) => manager.query("SHOW STATUS LIKE 'Ssl_cipher'")),
      await database.transaction((tx) => tx.query("SHOW STATUS LIKE 'Ssl_cipher'")),
    ] as { Value: string }[][];
    expect(ciphers.map(([row]) => row?.Value)).toEqual([
      expect.stringMatching(/^TLS_/),
      expect.stringMatching(/^TLS_/),
    ]);
    await dataSource.destroy();
  });

  it('is not believed with a certificate of nobody we know, unless nobody is asked', async () => {
    await expect(open('?ssl=true')).rejects.toThrow(/certificate/);
    await expect(open(`?ssl=true&ssl_ca=${pathOf('other.pem')}`)).rejects.toThrow(/certificate/);
    const dataSource = await open('?ssl=unverified');
    await dataSource.destroy();
  });

  it('is not reached without TLS', async () => {
    await expect(open('')).rejects.toThrow(/secure|denied/i);
  });
});
