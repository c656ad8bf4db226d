import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signV3 } from '../src/plivo/index.js';
import { mediaOf } from '../src/simulator/media/media.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { stalled, startMediaStub, whole, type MediaStub } from './support/media-stub.js';
import {
  ADMIN_TOKEN,
  AUTH_ID,
  AUTH_TOKEN,
  sharedSettings,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';
import { startCall } from './support/recorded-call.js';

const MEDIA = Buffer.concat([...mediaOf('wav', 20_000).bytes()]);
const NUMBER = '12025550001';
const PUBLIC_URL = 'http://masking.test';

// A service of its own process, killed while it copies a recording, and what its successor makes of that. Nothing of it depends on the database,
// so one will do: the one that several processes share, where there is one.
describe.each(databaseKinds.slice(-1))('a fetch that is killed (%s)', (kind) => {
  let plivo: MediaStub;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: { url: string; drop: () => Promise<void> };
  let settings: Record<string, string>;
  let service: ServiceProcess;

  beforeAll(async () => {
    [plivo, folder] = await Promise.all([startMediaStub(), temporaryFolder()]);
    const dataDir = join(folder.path, 'data');
    mkdirSync(dataDir);
    database = await createMigratedDatabase(kind, join(dataDir, 'masking.db'));
    settings = {
      ...sharedSettings(database.url, dataDir),
      PROVIDER: 'plivo',
      PLIVO_API_URL: plivo.baseUrl,
      PUBLIC_URL,
      WORKER_POLL_MS: '50',
    };
    service = await startProcess(settings);
  });

  afterAll(async () => {
    await service?.stop('SIGKILL');
    await plivo.close();
    await database.drop();
    await folder.remove();
  });

  const ask = (path: string, headers: Record<string, string>, body?: string) =>
    fetch(service.baseUrl + path, { method: body === undefined ? 'GET' : 'POST', headers, body: body ?? null });
  const admin = async <Body>(path: string, body?: object): Promise<Body> => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
    return (await ask(`/admin${path}`, headers, body && JSON.stringify(body))).json() as Promise<Body>;
  };
  const basic = { authorization: `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}` };
  const webhook = async (path: string, params: Record<string, string>) => {
    const target = `/plivo/${AUTH_ID}${path}`;
    const list = Object.entries(params);
    const nonce = randomBytes(10).toString('hex');
    const answer = await ask(
      target,
      {
        'content-type': 'application/x-www-form-urlencoded',
        'x-plivo-signature-v3': signV3({
          method: 'POST',
          url: PUBLIC_URL + target,
          params: list,
          nonce,
          token: AUTH_TOKEN,
        }),
        'x-plivo-signature-v3-nonce': nonce,
      },
      new URLSearchParams(list).toString(),
    );
    return { status: answer.status, text: await answer.text() };
  };
  const store = (): string => join(settings['DATA_DIR'] ?? '', 'recordings');
  /** Kept files by their names, begun ones as `parts/NAME.part`. */
  const files = (): string[] =>
    (existsSync(store()) ? readdirSync(store(), { recursive: true, encoding: 'utf8' }) : []).filter(
      (name) => name !== 'parts',
    );

  it('leaves half a file that nobody is served, and the recording is whole within seconds', async () => {
    await admin('/numbers', { account: AUTH_ID, number: `+${NUMBER}` });
    const party = { first_party: '14155550123', second_party: '14155550124', record: true, record_file_format: 'wav' };
    const json = { ...basic, 'content-type': 'application/json' };
    expect((await ask(`/v1/Account/${AUTH_ID}/Masking/Session/`, json, JSON.stringify(party))).status).toBe(201);
    const slow = stalled(MEDIA);
    plivo.answer(slow.answer);
    const call = await startCall(webhook, { from: party.first_party, to: NUMBER });
    await call.answered();
    await call.ended();
    expect(await call.recorded(plivo.urlOf(call.recordingId))).toBe(200);
    const part = await until(() => {
      const name = plivo.asked.length > 0 ? files()[0] : undefined;
      return name !== undefined && statSync(join(store(), name)).size > 200_000 ? name : null;
    });
    expect(part).toMatch(/\.part$/);

    await service.kill();
    service = await startProcess(settings);
    const { items } = await admin<{ items: { recording_id: string; status: string }[] }>('/recordings');
    const id = items[0]?.recording_id ?? '';
    expect(items[0]?.status).toBe('fetching');
    expect((await ask(`/v1/Account/${AUTH_ID}/Recording/${id}.wav`, basic)).status).toBe(404);
    expect(files().filter((name) => !name.endsWith('.part'))).toEqual([]);

    // The new process may have asked again already, and may not have.
    plivo.answer(whole(MEDIA));
    slow.release();
    await until(async () => {
      const now = await admin<{ items: typeof items }>('/recordings');
      return now.items[0]?.status === 'ready' ? true : null;
    });
    const sound = await ask(`/v1/Account/${AUTH_ID}/Recording/${id}.wav`, basic);
    expect(Buffer.from(await sound.arrayBuffer()).equals(MEDIA)).toBe(true);
    expect(files()).toHaveLength(1);
    expect(files()[0]).toMatch(new RegExp(`^${id}\\.[0-9a-f]{12}$`));
    expect(files()[0]).not.toBe(basename(part, '.part'));
  });
});

async function until<T>(find: () => T | null | Promise<T | null>): Promise<T> {
  const limit = Date.now() + 15_000;
  for (;;) {
    const found = await find();
    if (found !== null) return found;
    if (Date.now() > limit) throw new Error('it did not come to that');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
