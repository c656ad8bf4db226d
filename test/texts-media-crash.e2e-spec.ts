import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrate, openDatabase } from '../src/data-source.js';
import { Database } from '../src/platform/database/database.js';
import { signV3 } from '../src/plivo/index.js';
import { pictureOf } from '../src/simulator/texts/pictures.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import {
  AUTH_ID,
  AUTH_TOKEN,
  sharedSettings,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';
import { turnTextsOn } from './support/texts.js';

const [ANA, RAVI, NUMBER] = ['14155551001', '14155551002', '12025550001'];
const PUBLIC_URL = 'http://masking.test';
const PICTURE = pictureOf('jpg', ANA).bytes;

/** As much of Plivo as hands out pictures, the first time half of one alone, and takes messages. */
class StubbornPlivo {
  readonly sent: Record<string, unknown>[] = [];
  asked = 0;
  private readonly stalled: ServerResponse[] = [];
  private readonly server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.method === 'GET' && path.includes('/Media/')) return this.handOut(response);
      response.setHeader('content-type', 'application/json');
      if (request.method !== 'POST')
        return void response.end(JSON.stringify({ meta: { total_count: 0 }, objects: [] }));
      this.sent.push(JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>);
      response.writeHead(202).end(JSON.stringify({ message_uuid: [randomUUID()] }));
    });
  });

  async listen(): Promise<string> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handOut(response: ServerResponse): void {
    this.asked += 1;
    response.writeHead(200, { 'content-length': PICTURE.length });
    if (this.asked > 1) return void response.end(PICTURE);
    response.write(PICTURE.subarray(0, 100));
    this.stalled.push(response);
  }
}

// Nothing of it depends on the database, so one will do: the one that several processes share, where there is one.
describe.each(databaseKinds.slice(-1))('a picture whose fetch is killed (%s)', (kind) => {
  const plivo = new StubbornPlivo();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: { url: string; drop: () => Promise<void> };
  let settings: Record<string, string>;
  let service: ServiceProcess;

  beforeAll(async () => {
    folder = await temporaryFolder();
    const dataDir = join(folder.path, 'data');
    mkdirSync(dataDir);
    database = await createMigratedDatabase(kind, join(dataDir, 'masking.db'));
    const { url } = database;
    const dataSource = await openDatabase(
      kind === 'sqlite' ? { kind, file: url.slice('sqlite:'.length) } : { kind, url },
    );
    await migrate(dataSource);
    await turnTextsOn(new Database(dataSource), AUTH_ID, { messaging_media: true });
    settings = {
      ...sharedSettings(url, dataDir),
      PROVIDER: 'plivo',
      PLIVO_API_URL: await plivo.listen(),
      PUBLIC_URL,
      WORKER_POLL_MS: '50',
      DEFAULT_ALLOWED_COUNTRIES: 'all',
    };
    service = await startProcess(settings);
    const number = `INSERT INTO virtual_number (number, account_id, alias, calling_code, country, status, is_synced, texts, has_mms, created_at)
      VALUES ('${NUMBER}', '${AUTH_ID}', '', '1', 'US', 'active', 0, 'yes', 1, 0)`;
    await new Database(dataSource).transaction((tx) => tx.query(number));
    await dataSource.destroy();
  }, 120_000);

  afterAll(async () => {
    await service?.kill();
    await plivo.close();
    await database.drop();
    await folder.remove();
  });

  it('is fetched anew and sent on once, and nothing is left of the first attempt', async () => {
    const basic = { authorization: `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}` };
    const opened = await fetch(`${service.baseUrl}/v1/Account/${AUTH_ID}/Masking/Session/`, {
      method: 'POST',
      headers: { ...basic, 'content-type': 'application/json' },
      body: JSON.stringify({ first_party: ANA, second_party: RAVI, messaging: true }),
    });
    expect([opened.status, opened.status === 201 ? '' : await opened.text()]).toEqual([201, '']);

    const uuid = randomUUID();
    const media = `${settings['PLIVO_API_URL']}/v1/Account/${AUTH_ID}/Message/${uuid}/Media/${randomUUID()}`;
    const params = { MessageUUID: uuid, From: ANA, To: NUMBER, Type: 'mms', Body: '', MediaCount: '1', Media0: media };
    const target = `/plivo/${AUTH_ID}/message`;
    const list = Object.entries(params);
    const nonce = randomBytes(10).toString('hex');
    const signature = signV3({ method: 'POST', url: PUBLIC_URL + target, params: list, nonce, token: AUTH_TOKEN });
    const taken = await fetch(service.baseUrl + target, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-plivo-signature-v3': signature,
        'x-plivo-signature-v3-nonce': nonce,
      },
      body: new URLSearchParams(list).toString(),
    });
    expect(taken.status).toBe(200);
    await until(() => plivo.asked === 1);

    await service.kill();
    service = await startProcess(settings);
    await until(() => plivo.sent.length > 0);
    const [sent] = plivo.sent;
    expect(plivo.sent).toHaveLength(1);
    expect(plivo.asked).toBe(2);
    const [link = ''] = (sent?.['media_urls'] ?? []) as string[];
    const seen = await fetch(link.replace(PUBLIC_URL, service.baseUrl));
    expect(seen.status).toBe(200);
    expect(Buffer.from(await seen.arrayBuffer()).includes(ANA)).toBe(false);
    const store = join(settings['DATA_DIR'] ?? '', 'recordings');
    const files = existsSync(store) ? readdirSync(store, { recursive: true, encoding: 'utf8' }) : [];
    expect(files.filter((name) => name !== 'parts')).toEqual([expect.stringMatching(/^[0-9a-f-]{36}\.[0-9a-f]{12}$/)]);
  }, 120_000);
});

async function until(isSo: () => boolean): Promise<void> {
  const limit = Date.now() + 60_000;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
