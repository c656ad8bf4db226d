import { afterAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { freePort, sharedSettings, spawnService, temporaryFolder, type ServiceProcess } from './support/process.js';

describe('where the log is JSON', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  async function spawned(more: Record<string, string>): Promise<ServiceProcess> {
    const folder = await temporaryFolder();
    const port = String(await freePort());
    const settings = { ...sharedSettings(`sqlite:${folder.path}/masking.db`, folder.path), LOG_LEVEL: 'info' };
    const service = spawnService(
      { ...settings, LOG_FORMAT: 'json', PORT: port, ...more },
      [],
      `http://127.0.0.1:${port}`,
    );
    cleanUp.push(folder.remove, () => service.kill());
    return service;
  }

  const events = (service: ServiceProcess): string[] =>
    service
      .output()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);

  async function until(service: ServiceProcess, event: string): Promise<void> {
    while (!service.output().includes(`"${event}"`)) {
      if (service.child.exitCode !== null) throw new Error(service.output());
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  it('nothing else is written from the start to the stop, and no token', async () => {
    const service = await spawned({ ADMIN_TOKEN: '', PLIVO_AUTH_ID: '', PLIVO_AUTH_TOKEN: '' });
    await until(service, 'service.ready');
    await request(`${service.baseUrl}/livez`).then((answer) => answer.body.dump());
    expect(await service.stop()).toBe(0);

    expect(events(service)).toEqual(expect.arrayContaining(['service.ready', 'service.stopping', 'service.stopped']));
    expect(service.output()).not.toMatch(/Try it|Admin token|Auth Token/);
  }, 60_000);

  it('wrong settings are a line too', async () => {
    const service = await spawned({ PORT: 'eighty' });
    await new Promise((resolve) => service.child.once('close', resolve));

    expect(service.child.exitCode).toBe(3);
    expect(events(service)).toEqual(['settings.refused']);
    expect(service.output()).toContain('PORT');
  }, 60_000);

  it('so are a warning of Node and what the process dies of', async () => {
    const code =
      "process.once('SIGUSR2', () => { process.emitWarning('beware of +14155550101'); setTimeout(() => { throw new Error('lost +14155550101'); }, 50); });";
    const service = await spawned({ NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}` });
    await until(service, 'service.ready');
    service.child.kill('SIGUSR2');
    await new Promise((resolve) => service.child.once('close', resolve));

    expect(service.child.exitCode).toBe(1);
    expect(events(service)).toEqual(expect.arrayContaining(['node.warning', 'service.crashed']));
    expect(service.output()).not.toContain('4155550101');
  }, 60_000);
});
