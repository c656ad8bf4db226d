import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Clock } from '../src/platform/clock.js';
import { Crypto, type SealedPlace } from '../src/platform/crypto/crypto.js';
import { newId } from '../src/platform/ids.js';
import { comparable, ask, SESSIONS, settings } from './fixtures/answers.mjs';
import { masking, maskingProcess } from './support/command-line.js';
import { sqliteDriver } from '../src/platform/database/sqlite-driver.js';
import { createDatabase, databaseKinds, loadDump } from './support/database.js';
import { spawnProgram, temporaryFolder } from './support/process.js';
import { startService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const COPIES = 600;
const NEW_KEY = `2:${randomBytes(32).toString('base64')}`;
const OLD_KEY = `1:${settings.ENCRYPTION_KEY}`;

// What 0.1.0 left gets another key while calls go on: installed as docs/keys.md says, sealed anew, and the old key taken away.
describe.each(databaseKinds)('another encryption key for what 0.1.0 left in %s', (kind) => {
  const folder = new URL(`fixtures/0.1.0/${kind}/`, import.meta.url).pathname;
  const told = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as {
    madeAt: number;
    answers: Record<string, unknown>;
  };
  const cleanUp: (() => Promise<unknown>)[] = [];
  let url: string;
  let data: string;
  let service: Service;
  const { talk } = simulatedPlivo(() => service);

  const startWith = async (keys: string): Promise<Service> => {
    const clock = new Clock();
    clock.advance(told.madeAt - Date.now());
    const { ENCRYPTION_KEY: _, ...others } = settings;
    const own = { DATA_DIR: data, ROLE: 'api', DEFAULT_ALLOWED_COUNTRIES: 'own', ENCRYPTION_KEYS: keys };
    return startService({ url, clock, settings: { ...others, ...own } });
  };
  const commandEnv = (keys: string): Record<string, string> => ({
    DATABASE_URL: url,
    DATA_DIR: data,
    ENCRYPTION_KEYS: keys,
    PROVIDER: 'simulator',
  });
  const count = async (where: string): Promise<number> => {
    const [row] = await service.dataSource.query(
      `SELECT COUNT(*) AS n FROM masking_session WHERE parties LIKE '${where}'`,
    );
    return Number(row.n);
  };
  const create = async (first: string, second: string): Promise<{ session_uuid: string; virtual_number: string }> => {
    const body = { first_party: first, second_party: second };
    const answer = await ask(service.baseUrl, `${SESSIONS}/`, { body });
    if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
    const { session_uuid: uuid } = answer.body as { session_uuid: string };
    const { response } = (await ask(service.baseUrl, `${SESSIONS}/${uuid}/`)).body as {
      response: { session_uuid: string; virtual_number: string };
    };
    return response;
  };

  beforeAll(async () => {
    const place = await temporaryFolder();
    data = place.path;
    const database = await createDatabase(kind, join(data, 'masking.db'));
    cleanUp.push(place.remove, database.drop);
    url = database.url;
    await loadDump(kind, url, readFileSync(join(folder, 'database.sql'), 'utf8'));
    cpSync(join(folder, 'recordings'), join(data, 'recordings'), { recursive: true });

    // Known everywhere, before it seals.
    service = await startWith(`${OLD_KEY},${NEW_KEY}`);
    await copySessions();
    await service.close();
    service = await startWith(`${NEW_KEY},${OLD_KEY}`);
    cleanUp.push(() => service.close());
  });
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  /** So many that a rotation takes a while. */
  async function copySessions(): Promise<void> {
    const crypto = new Crypto(Buffer.from(OLD_KEY.slice(2), 'base64'));
    const placeOf = (row: Record<string, unknown>): SealedPlace => ({
      column: 'masking_session.parties',
      row: String(row['id']),
      account: String(row['account_id']),
    });
    const [row] = await service.dataSource.query("SELECT * FROM masking_session WHERE status = 'expired' LIMIT 1");
    const parties = crypto.open(placeOf(row), row.parties);
    const copies = Array.from({ length: COPIES }, () => {
      const copy = { ...row, id: newId() };
      return { ...copy, parties: crypto.seal(placeOf(copy), parties) };
    });
    const names = Object.keys(row);
    for (let at = 0; at < COPIES; at += 50) {
      const some = copies.slice(at, at + 50);
      await service.dataSource.query(
        `INSERT INTO masking_session (${names.join(', ')}) VALUES ${some.map(() => `(${names.map(() => '?').join(', ')})`).join(', ')}`,
        some.flatMap((copy) => names.map((name) => copy[name])),
      );
    }
  }

  it('seals what is new from its first moment, and a start without the old key is refused with what needs it', async () => {
    await create('+14155550191', '+14155550192');
    expect(await count('2.%')).toBe(1);
    await expect(startWith(NEW_KEY)).rejects.toThrow(/key 1 is missing, and \d+ stored values need it/);
    const { code, stdout } = await masking(['keys', 'status', '--json'], { env: commandEnv(`${NEW_KEY},${OLD_KEY}`) });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      keys: [
        { id: 2, seals: true, is_in_use: true },
        { id: 1, seals: false, is_in_use: true, recordings: expect.any(Number) },
      ],
      left: expect.any(Number),
    });
  });

  it('is killed in the midst of sealing anew, and loses nothing', async () => {
    const killed = spawnProgram('bin/cli.cjs', commandEnv(`${NEW_KEY},${OLD_KEY}`), { args: ['keys', 'rotate'] });
    while ((await count('2.%')) < 50) {
      if (killed.child.exitCode !== null) throw new Error(killed.output());
      await new Promise((resume) => setImmediate(resume));
    }
    await killed.kill();
    expect(await count('1.%')).toBeGreaterThan(0);
    await expect(startWith(NEW_KEY)).rejects.toThrow('key 1 is missing');
  });

  it('seals all anew, while every session and call of the meantime is served', async () => {
    const over = new AbortController();
    const rotated = maskingProcess(['keys', 'rotate', '--json'], { env: commandEnv(`${NEW_KEY},${OLD_KEY}`) }).finally(
      () => over.abort(),
    );
    let calls = 0;
    for (; !over.signal.aborted || calls === 0; calls++) {
      const [first, second] = [`+1415555${2000 + calls}`, `+1415555${6000 + calls}`];
      const { virtual_number: via } = await create(first, second);
      await talk(first, `+${via.replace('+', '')}`, second, 5);
    }
    const { code, stdout, stderr } = await rotated;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ is_done: true, left: 0, unreadable: 0, no_longer_needed: [1] });
    const outcomes = await service.dataSource.query(
      "SELECT COUNT(*) AS n FROM masked_call WHERE session_id IN (SELECT id FROM masking_session WHERE parties LIKE '2.%') AND dial_status = 'completed'",
    );
    expect(Number(outcomes[0].n)).toBeGreaterThanOrEqual(calls);
  });

  // Who opens a file anew in the process that had it open, after another one has worked on it, gets an I/O error of libsql, which has not let go of it yet. Services do not.
  const isLetGo = kind === 'mysql' || sqliteDriver() !== createRequire(import.meta.url)('libsql');
  (isLetGo ? it : it.skip)(
    'does without the old key then: all that 0.1.0 told is told still, and a person is found as before',
    async () => {
      await service.close();
      service = await startWith(NEW_KEY);
      for (const path of Object.keys(told.answers).filter(
        (one) => one.includes('/Recording/') || one.includes('/Session/0'),
      ))
        expect([path, comparable(await ask(service.baseUrl, path), service.baseUrl)]).toEqual([
          path,
          expect.objectContaining({ status: 200 }),
        ]);
      const renewed = await create('+14155550191', '+14155550192');
      expect((await create('14155550191', '14155550192')).session_uuid).toBe(renewed.session_uuid);
      await talk('+14155550191', `+${renewed.virtual_number.replace('+', '')}`, '+14155550192', 5);
      expect(await count('1.%')).toBe(0);
      await expect(startWith(OLD_KEY)).rejects.toThrow('ENCRYPTION_KEYS  key 2 is missing');
    },
  );
});
