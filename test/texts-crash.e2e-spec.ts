import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { migrate, openDatabase } from '../src/data-source.js';
import { Database } from '../src/platform/database/database.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import {
  AUTH_ID,
  AUTH_TOKEN,
  clientOf,
  freePort,
  sharedSettings,
  startProcess,
  startSimulator,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';
import { texters, turnTextsOn } from './support/texts.js';
import { tracesInTables } from './support/traces.js';

const PAIRS = 4;
const TEXTS = 4;
const KILLS = 2;
const MARK = 'rhubarb';

describe.each(databaseKinds)('texts with %s', (kind) => {
  const cleanUp: (() => Promise<unknown>)[] = [];

  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  it('of processes that are killed again and again arrive once, or are known to be unknown', async () => {
    const folder = await temporaryFolder();
    const { url, drop } = await createMigratedDatabase(kind, join(folder.path, 'masking.db'));
    cleanUp.push(folder.remove, drop);
    const dataSource = await openDatabase(
      kind === 'sqlite' ? { kind, file: url.slice('sqlite:'.length) } : { kind, url },
    );
    cleanUp.push(() => dataSource.destroy());
    await migrate(dataSource);
    const database = new Database(dataSource);
    await turnTextsOn(database, AUTH_ID);

    const [port, simulatorPort] = [await freePort(), await freePort()];
    const publicUrl = `http://127.0.0.1:${port}`;
    const simulator = await startSimulator({
      PORT: String(simulatorPort),
      SERVICE_URL: publicUrl,
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: AUTH_TOKEN,
    });
    cleanUp.push(() => simulator.kill());
    const settings = {
      ...sharedSettings(url, folder.path),
      PROVIDER: 'plivo',
      PLIVO_API_URL: `${simulator.baseUrl}/simulator`,
      PUBLIC_URL: publicUrl,
      DEFAULT_ALLOWED_COUNTRIES: 'all',
    };
    const client = clientOf();
    cleanUp.push(() => client.close());
    const phones = texters(() => ({ request: client.ask(simulator.baseUrl) }));

    const processes: ServiceProcess[] = [];
    const start = async (): Promise<ServiceProcess> => {
      const process = await startProcess(settings, port);
      processes.push(process);
      return process;
    };
    let process = await start();
    cleanUp.push(() => process.kill());
    // A second process shares a MariaDB and has no webhooks of its own: it takes jobs over. SQLite is for one.
    const helper = kind === 'mysql' ? await startProcess(settings) : null;
    if (helper) cleanUp.push(() => helper.kill());

    expect((await client.admin(publicUrl, `/numbers/sync?account=${AUTH_ID}`, {})).status).toBe(200);
    const pairs: { first: string; second: string; number: string }[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const [first, second] = [`+1415555${2000 + 2 * pair}`, `+1415555${2001 + 2 * pair}`];
      const opened = await client.create(publicUrl, { first_party: first, second_party: second, messaging: true });
      expect(opened.status).toBe(201);
      pairs.push({
        first,
        second,
        number: String((opened.body['session'] as Record<string, string>)['virtual_number']),
      });
    }

    for (let text = 0; text < TEXTS; text += 1) {
      for (const { first, number } of pairs) await phones.write(first, number, `${MARK} ${first} ${text}`);
      if (text < KILLS) {
        await pause(20 + 60 * text);
        await process.kill();
        process = await start();
      }
    }
    // What was not taken, Plivo brings again; what it reports too. One of unknown end holds the next of its pair for a minute of real time.
    const forwards = () =>
      database.read<{ state: string }[]>((manager) => manager.query('SELECT state FROM text_forward'));
    const endsAt = performance.now() + 150_000;
    for (;;) {
      await phones.advance(60);
      const all = await forwards();
      if (all.length === PAIRS * TEXTS && all.every(({ state }) => state === 'delivered' || state === 'unknown')) break;
      if (performance.now() > endsAt) throw new Error(JSON.stringify(all.map(({ state }) => state)));
      await pause(300);
    }

    const arrived: string[] = [];
    for (const { second } of pairs) arrived.push(...(await phones.arrived(second)).map(({ text }) => text));
    expect(new Set(arrived).size).toBe(arrived.length);
    const unknown = (await forwards()).filter(({ state }) => state === 'unknown');
    expect(arrived.length + unknown.length).toBe(PAIRS * TEXTS);
    // A kill cuts off one request of each pair at the most.
    expect(unknown.length).toBeLessThanOrEqual(KILLS * PAIRS);
    if (unknown.length === 0) expect(await tracesInTables(dataSource, [MARK])).toEqual({});
    for (const one of processes) expect(one.output()).not.toContain(MARK);
  }, 240_000);
});
