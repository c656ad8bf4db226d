import { once } from 'node:events';
import { statSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { createDatabase, createMigratedDatabase, databaseKinds } from './support/database.js';
import { sharedSettings, spawnService, startProcess, temporaryFolder, type ServiceProcess } from './support/process.js';

describe.each(databaseKinds)('starting and stopping (%s)', (kind) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  async function place(create = createMigratedDatabase): Promise<{ settings: Record<string, string>; folder: string }> {
    const folder = await temporaryFolder();
    const database = await create(kind, join(folder.path, 'masking.db'));
    cleanUp.push(folder.remove, database.drop);
    return { settings: sharedSettings(database.url, folder.path), folder: folder.path };
  }

  async function exitOf(service: ServiceProcess): Promise<number | null> {
    return new Promise((resolve) => service.child.once('exit', resolve));
  }

  const where = (isTrue: boolean) => (isTrue ? it : it.skip);

  where(kind === 'mysql')(
    'two processes that start together on an empty database both serve',
    async () => {
      const { settings } = await place(createDatabase);

      const both = await Promise.all([startProcess(settings), startProcess(settings)]);

      for (const service of both) {
        expect(service.output()).toContain('ready in');
        expect(await service.stop()).toBe(0);
      }
    },
    60_000,
  );

  it('a thousand connections that come while the process is busy wait for it', async () => {
    const { settings } = await place();
    const service = await startProcess(settings);
    cleanUp.push(() => service.stop());
    const port = Number(new URL(service.baseUrl).port);
    service.child.kill('SIGSTOP');
    const sockets = Array.from({ length: 1000 }, () => connect(port, '127.0.0.1'));
    cleanUp.push(async () => sockets.forEach((socket) => socket.destroy()));
    // The kernel answers for the process, at once; those beyond what may wait it would ask to come again after a second.
    await Promise.all(
      sockets.map(async (socket) => {
        await once(socket, 'connect');
        socket.write('GET /livez HTTP/1.1\r\nHost: masking.example\r\n\r\n');
      }),
    );

    const answers = sockets.map((socket) => once(socket, 'data') as Promise<[Buffer]>);
    service.child.kill('SIGCONT');
    for (const [answer] of await Promise.all(answers)) expect(answer.toString()).toMatch(/^HTTP\/1\.1 200/);
  });

  it('wrong settings are told all at once, with exit code 3 and without their values', async () => {
    const { settings } = await place();
    const service = spawnService({
      ...settings,
      DATABSE_URL: 'mysql://root:hunter2@localhost/x',
      PORT: 'eighty',
      PROVIDER: 'twilio',
      ADMIN_TOKEN: 'short',
    });

    expect(await exitOf(service)).toBe(3);
    const output = service.output();
    for (const words of ['did you mean DATABASE_URL', 'PORT', 'PROVIDER', 'ADMIN_TOKEN'])
      expect(output).toContain(words);
    expect(output).not.toContain('hunter2');
  });

  it('another encryption key stops the start with a sentence', async () => {
    const { settings } = await place();
    const first = await startProcess(settings);
    await first.stop();

    const service = spawnService({ ...settings, PORT: '0', ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') });

    expect(await exitOf(service)).toBe(3);
    expect(service.output()).toContain('ENCRYPTION_KEY');
  });

  it('MIGRATE=check refuses a database that is behind, and migrate mends it', async () => {
    const { settings } = await place(createDatabase);
    const refused = spawnService({ ...settings, PORT: '0', MIGRATE: 'check' });
    expect(await exitOf(refused)).toBe(5);
    expect(refused.output()).toContain('npm run migrate');

    const migrated = spawnService({ ...settings, MIGRATE: 'check' }, ['migrate']);
    expect(await exitOf(migrated)).toBe(0);

    const service = await startProcess({ ...settings, MIGRATE: 'check' });
    expect(await service.stop()).toBe(0);
  }, 60_000);

  it('SIGTERM ends it within 10 s with code 0, finishing what was asked', async () => {
    const { settings } = await place();
    const service = await startProcess(settings);
    const asked = Array.from({ length: 20 }, () =>
      request(`${service.baseUrl}/readyz`).then((answer) => answer.statusCode),
    );
    const statuses = await Promise.all(asked);
    const before = Date.now();

    expect(await service.stop('SIGTERM')).toBe(0);
    expect(Date.now() - before).toBeLessThan(10_000);
    expect(new Set(statuses)).toEqual(new Set([200]));
  }, 30_000);

  it('SIGTERM takes it out of rotation at once, and it serves on for SHUTDOWN_DELAY_MS', async () => {
    const { settings } = await place();
    const service = await startProcess({ ...settings, SHUTDOWN_DELAY_MS: '1500' });
    const ask = async (path: string) => {
      const answer = await request(service.baseUrl + path);
      await answer.body.dump();
      return [answer.statusCode, answer.headers.connection];
    };
    expect(await ask('/livez')).toEqual([200, 'keep-alive']);
    const stopped = service.stop('SIGTERM');
    const before = performance.now();
    while ((await ask('/readyz'))[0] !== 503) expect(performance.now() - before).toBeLessThan(500);
    expect(await ask('/livez')).toEqual([200, 'close']);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await ask('/livez')).toEqual([200, 'close']);
    expect(await stopped).toBe(0);
    expect(performance.now() - before).toBeGreaterThan(1400);
  }, 30_000);

  if (kind === 'sqlite') {
    it('a second process on the same file is refused, whoever is beside it; a killed one is in nobody’s way', async () => {
      const { settings, folder } = await place();
      const first = await startProcess(settings);
      const second = spawnService({ ...settings, PORT: '0' });
      expect(await exitOf(second)).toBe(1);
      expect(second.output()).toMatch(
        new RegExp(
          `^Another process serves sqlite .*masking\\.db: process ${first.child.pid} on \\S+, since 20\\S+Z\\. SQLite is`,
        ),
      );
      expect(await exitOf(spawnService(settings, ['migrate']))).toBe(0);
      expect((await request(`${first.baseUrl}/readyz`)).statusCode).toBe(200);

      symlinkSync(join(folder, 'masking.db'), join(folder, 'other-name.db'));
      const renamed = { ...settings, DATABASE_URL: `sqlite:${join(folder, 'other-name.db')}`, PORT: '0' };
      expect(await exitOf(spawnService(renamed))).toBe(1);

      await first.kill();
      const next = await startProcess(settings);
      expect(await next.stop()).toBe(0);
    }, 120_000);

    it('makes its own keys, readable by nobody else, and keeps them', async () => {
      const folder = await temporaryFolder();
      cleanUp.push(folder.remove);
      const first = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn' });
      const token = /Auth Token\s+(\S+)/.exec(first.output())?.[1];
      await first.stop();
      const second = await startProcess({ DATA_DIR: folder.path, LOG_LEVEL: 'warn' });

      expect(token).toMatch(/^\S{20,}$/);
      expect(second.output()).toContain(`Auth Token   ${token ?? ''}`);
      expect(second.output()).toContain('5 ready');
      for (const file of ['encryption-key', 'admin-token', 'demo-auth-token']) {
        expect(statSync(join(folder.path, file)).mode & 0o777).toBe(0o600);
      }
      await second.stop();
    }, 60_000);
  }
});
