import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { openDatabase } from '../src/data-source.js';
import { signV3 } from '../src/plivo/index.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import {
  AUTH_ID,
  AUTH_TOKEN,
  clientOf,
  freePort,
  sharedSettings,
  spawnService,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';

const exitOf = (service: ServiceProcess): Promise<number | null> =>
  new Promise((resolve) => service.child.once('exit', resolve));

const hashOf = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

/** Asks until it is so: nothing tells a client when a server has mended. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('it did not come about within 15 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each(databaseKinds)('a fault around the service (%s)', (kind) => {
  const cleanUp: (() => unknown)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  async function place(): Promise<{ settings: Record<string, string>; folder: string; url: string }> {
    const { path: folder, remove } = await temporaryFolder();
    const { url, drop } = await createMigratedDatabase(kind, join(folder, 'masking.db'));
    cleanUp.push(remove, drop);
    return { settings: sharedSettings(url, folder), folder, url };
  }

  /** Every table with all that is in it, and every file but the database's own: who reads it may move its write-ahead log into it. */
  async function everything(folder: string, url: string): Promise<string[]> {
    const files = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('masking.db'))
      .map(({ name }) => `${name} ${hashOf(readFileSync(join(folder, name)))}`);
    const db = await openDatabase(kind === 'sqlite' ? { kind, file: join(folder, 'masking.db') } : { kind, url });
    const tables: { name: string }[] = await db.query(
      kind === 'sqlite'
        ? "SELECT name FROM sqlite_master WHERE type = 'table'"
        : 'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    const rows = [];
    for (const { name } of tables)
      rows.push(`${name} ${hashOf(JSON.stringify(await db.query(`SELECT * FROM ${name}`)))}`);
    await db.destroy();
    return [...files, ...rows].sort();
  }

  /** Written with a key and behind by one, so that a start would migrate. One for all facts whose starts may change nothing. */
  let written: ReturnType<typeof place> | null = null;
  async function writtenPlace(): ReturnType<typeof place> {
    const made = await place();
    const first = await startProcess(made.settings);
    await first.stop();
    const file = join(made.folder, 'masking.db');
    const db = await openDatabase(kind === 'sqlite' ? { kind, file } : { kind, url: made.url });
    await db.query("DELETE FROM migration WHERE name LIKE 'AddProcess%'");
    await db.destroy();
    return made;
  }

  it.each([
    [
      'another key',
      { ENCRYPTION_KEY: randomBytes(32).toString('base64') },
      'ENCRYPTION_KEY  is not the key this database was written with',
    ],
    ['no key', {}, 'ENCRYPTION_KEY  is lost: this database was written with one'],
    [
      'a key taken out too early',
      { ENCRYPTION_KEYS: `2:${randomBytes(32).toString('base64')}` },
      'ENCRYPTION_KEYS  key 1 is missing, and 3 stored values need it',
    ],
  ])(
    '%s ends the start with a sentence, and nothing is made',
    async (_, keys, words) => {
      const { settings, folder, url } = await (written ??= writtenPlace());
      const { ENCRYPTION_KEY: _right, ...withoutKey } = settings;
      const before = await everything(folder, url);

      for (const args of [[], ['migrate']]) {
        const second = spawnService({ ...withoutKey, PORT: '0', ...keys }, args);
        expect(await exitOf(second)).toBe(3);
        expect(second.output()).toContain(words);
      }
      expect(await everything(folder, url)).toEqual(before);
    },
    120_000,
  );

  it('PUBLIC_URL that leads elsewhere is told by banner, log and probe, and takes nothing away', async () => {
    const { settings } = await place();
    const stranger = createServer((_asked, reply) => void reply.end('hello')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    cleanUp.push(() => stranger.close());
    const publicUrl = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;

    const service = await startProcess({ ...settings, PUBLIC_URL: publicUrl });
    cleanUp.push(() => service.kill());
    expect(service.output()).toContain(
      `  Warning      ${publicUrl} leads to something else, which answers with status 200`,
    );
    expect(service.output()).toMatch(/"msg":"doctor\.found"/);
    const ready = await request(`${service.baseUrl}/readyz?verbose`);
    expect(ready.statusCode).toBe(200);
    const { found } = (await ready.body.json()) as { found: { name: string; verdict: string }[] };
    expect(found.find(({ name }) => name === 'public-url')).toMatchObject({
      verdict: 'failed',
      reason: expect.any(String),
    });
    expect(await service.stop()).toBe(0);
  }, 60_000);

  it('a token that Plivo refuses, and a clock far off, are told at the start', async () => {
    const { settings } = await place();
    const date = new Date(Date.now() - 20 * 60_000).toUTCString();
    const plivo = createServer((_asked, reply) => void reply.writeHead(401, { date }).end('no')).listen(0, '127.0.0.1');
    await once(plivo, 'listening');
    cleanUp.push(() => plivo.close());
    const port = await freePort();
    const service = spawnService({
      ...settings,
      PROVIDER: 'plivo',
      PLIVO_API_URL: `http://127.0.0.1:${(plivo.address() as AddressInfo).port}`,
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    });
    cleanUp.push(() => service.kill());
    await until(async () => service.output().includes('Try it:'));
    expect(service.output()).toContain(`Plivo refuses the credentials of ${AUTH_ID} (status 401)`);
    expect(service.output()).toMatch(/Warning {6}1\d\d\d\.\d s ahead of Plivo/);
    expect(service.output()).not.toContain(AUTH_TOKEN);
    expect(await service.stop()).toBe(0);
  }, 60_000);

  if (kind === 'mysql')
    it('a database that is away ends the start with its name, the reason and what to do, and no password', async () => {
      const { settings } = await place();
      const url = `mysql://masking:hidden-word@127.0.0.1:${await freePort()}/masking`;
      const service = spawnService({ ...settings, PORT: '0', DATABASE_URL: url });
      expect(await exitOf(service)).toBe(4);
      expect(service.output()).toMatch(
        /^The service could not start: mysql 127\.0\.0\.1:\d+\/masking cannot be reached \(ECONNREFUSED\)\. Start/,
      );
      expect(service.output()).not.toContain('hidden-word');
    });

  if (kind === 'sqlite') {
    it('a database that is lost while its key is there is made anew with a warning', async () => {
      const { settings, folder } = await place();
      const { ENCRYPTION_KEY: _, ...generated } = settings;
      const first = await startProcess(generated);
      expect(first.output()).not.toContain('made-anew');
      await first.stop();
      for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `masking.db${end}`), { force: true });

      const second = await startProcess(generated);
      expect(second.output()).toContain('"msg":"database.made-anew"');
      expect(await second.stop()).toBe(0);
    }, 60_000);

    const isRoot = process.geteuid?.() === 0;
    (isRoot ? it : it.skip)(
      'a full disk: writes say so, the service is not ready, callers are refused politely, and it mends by itself',
      async () => {
        const { path, remove } = await temporaryFolder();
        const folder = join(path, 'small');
        mkdirSync(folder);
        expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m', 'tmpfs', folder]).status).toBe(0);
        cleanUp.push(remove, () => spawnSync('umount', [folder]));
        const service = await startProcess(sharedSettings(`sqlite:${join(folder, 'masking.db')}`, folder));
        const client = clientOf(4);
        cleanUp.push(
          () => service.kill(),
          () => client.close(),
        );
        for (let next = 0; next < 5; next++)
          await client.admin(service.baseUrl, '/numbers', { account: AUTH_ID, number: `+1202555000${next}` });
        let people = 0;
        const open = () => {
          people += 2;
          const party = (which: number) => `+1415555${String(1000 + people + which)}`;
          return client.create(service.baseUrl, { first_party: party(0), second_party: party(1) });
        };
        const made = await open();
        expect(made.status).toBe(201);

        fill(join(folder, 'filler'));
        let refused = await open();
        while (refused.status === 201) refused = await open();
        expect(refused).toMatchObject({
          status: 503,
          body: { error_code: 'storage_full', error: expect.stringContaining('disk of the database is full') },
        });
        const ready = async () => {
          const answer = await request(`${service.baseUrl}/readyz`);
          return { status: answer.statusCode, body: (await answer.body.json()) as { checks: { storage: string } } };
        };
        expect(await ready()).toMatchObject({
          status: 503,
          body: { detail: 'storage full', checks: { database: 'ok', storage: 'full' } },
        });
        expect(await call(service)).toMatch(
          /^<Response><Speak [^>]+>Sorry, your call cannot be connected[^<]*<\/Speak><Hangup\/><\/Response>$/,
        );

        rmSync(join(folder, 'filler'));
        await until(async () => (await ready()).status === 200);
        expect((await open()).status).toBe(201);
        const known = await client.get(service.baseUrl, String(made.body['session_uuid']));
        expect(known.status).toBe(200);
        expect(service.output()).toContain('database or disk is full');
      },
      60_000,
    );
  }

  /** Until not a byte more goes in. */
  function fill(file: string): void {
    const descriptor = openSync(file, 'w');
    for (const size of [65_536, 4096, 1])
      try {
        for (;;) if (writeSync(descriptor, Buffer.alloc(size)) === 0) break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    closeSync(descriptor);
  }

  /** A stranger calls; what is said to Plivo. */
  async function call(service: ServiceProcess): Promise<string> {
    const url = `${service.baseUrl}/plivo/${AUTH_ID}/answer`;
    const params = Object.entries({
      CallUUID: `${randomBytes(4).toString('hex')}-0000-4000-8000-000000000000`,
      From: '14155551002',
      To: '12025550000',
      Direction: 'inbound',
      Event: 'StartApp',
      CallStatus: 'ringing',
    });
    const nonce = randomBytes(10).toString('hex');
    const answer = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-plivo-signature-v3': signV3({ method: 'POST', url, params, nonce, token: AUTH_TOKEN }),
        'x-plivo-signature-v3-nonce': nonce,
      },
      body: new URLSearchParams(params).toString(),
    });
    expect(answer.statusCode).toBe(200);
    return answer.body.text();
  }
});
