import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { migrate, openDatabase } from '../src/data-source.js';
import { ASSIGNMENTS } from '../src/number-pool/index.js';
import { Clock } from '../src/platform/clock.js';
import { Database } from '../src/platform/database/database.js';
import { newId } from '../src/platform/ids.js';
import { CALLBACK_GRACE_MS } from '../src/people/erase-sessions.js';
import { SESSIONS } from '../src/sessions/session.entity.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { ACCOUNT, addNumbers, sessionsOn } from './support/ground.js';
import { clientOf, sharedSettings, startProcess, temporaryFolder } from './support/process.js';
import { tracesInFiles, tracesInTables } from './support/traces.js';

const COUNT = 500;
const ANA = '14155550177';
const RAVI = '14155551000';

describe.each(databaseKinds)('an erasure with %s', (kind) => {
  const cleanUp: (() => Promise<unknown>)[] = [];

  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  it('that is killed goes on at the next start, in one process or two, and leaves nothing in the files', async () => {
    const folder = await temporaryFolder();
    const { url, drop } = await createMigratedDatabase(kind, join(folder.path, 'masking.db'));
    cleanUp.push(folder.remove, drop);
    const dataSource = await openDatabase(
      kind === 'sqlite' ? { kind, file: url.slice('sqlite:'.length) } : { kind, url },
    );
    cleanUp.push(() => (dataSource.isInitialized ? dataSource.destroy() : Promise.resolve()));
    await migrate(dataSource);
    const database = new Database(dataSource);
    const settings = sharedSettings(url, folder.path);
    const key = Buffer.from(settings['ENCRYPTION_KEY'] ?? '', 'base64');
    await addNumbers(database, ['12025550140']);
    const index = await openMany(database, key);
    const client = clientOf();
    cleanUp.push(() => client.close());
    const left = async (): Promise<number> => {
      const [row] = await database.read((manager) =>
        manager.query<{ n: number }[]>('SELECT COUNT(*) AS n FROM masking_session WHERE first_index = ?', [index]),
      );
      return Number(row?.n);
    };

    const killed = await startProcess(settings);
    const { body, status } = await client.admin(killed.baseUrl, '/people/erase', { number: `+${ANA}` });
    expect(status).toBe(202);
    while ((await left()) > COUNT - 20) await new Promise((resume) => setImmediate(resume));
    await killed.kill();
    expect(await left()).toBeGreaterThan(0);

    // Two processes share a MariaDB; SQLite is for one process.
    const again = await Promise.all((kind === 'mysql' ? [1, 2] : [1]).map(() => startProcess(settings)));
    let told: Record<string, unknown> = {};
    let isMoved = false;
    while (told['status'] !== 'done') {
      told = (await client.admin(again[0]!.baseUrl, `/people/erasures/${String(body['erasure_id'])}`)).body;
      expect(told['status']).not.toBe('failed');
      // What customers of live sessions are still to hear has its time, which nobody spends here.
      if (!isMoved && (told['waiting'] as { callbacks?: number } | null)?.callbacks) {
        const past = { advance_seconds: CALLBACK_GRACE_MS / 1000 };
        for (const { baseUrl } of again)
          await client.ask(baseUrl)('/simulator/control/clock', { method: 'POST', body: past });
        isMoved = true;
      }
      await new Promise((resume) => setTimeout(resume, 50));
    }
    expect(told).toMatchObject({ found: { sessions: COUNT }, erased: { sessions: COUNT } });
    expect(await tracesInTables(dataSource, [ANA, index])).toEqual({});
    if (kind === 'sqlite') expect(tracesInFiles(folder.path, [ANA, index])).toEqual([]);
    await Promise.all(again.map((one) => one.stop()));
    for (const one of [killed, ...again]) expect(one.output()).not.toContain(ANA);
    if (kind === 'sqlite') {
      await dataSource.destroy();
      expect(tracesInFiles(folder.path, [ANA, index])).toEqual([]);
    }
  }, 120_000);
});

/** Live sessions of one person, straight into the tables, copies of one that was opened. Returns its keyed index. */
async function openMany(database: Database, key: Buffer<ArrayBuffer>): Promise<string> {
  const { open, records } = sessionsOn(database, new Clock(), key);
  const opened = await open({ first_party: ANA, second_party: RAVI, geomatch: false, session_expiry: 86_400 });
  const copies = Array.from({ length: COUNT - 1 }, (_, place) => {
    const parties = { ...opened.parties, second: String(Number(RAVI) + place + 1) };
    return { ...opened, id: newId(), parties, secondIndex: records.partyIndex(ACCOUNT, parties.second) };
  });
  for (let at = 0; at < copies.length; at += 100)
    await database.transaction(async (tx) => {
      const some = copies.slice(at, at + 100);
      await SESSIONS.insert(
        tx,
        some.map((copy) => records.toRow(copy)),
      );
      await ASSIGNMENTS.insert(
        tx,
        some.map(({ id: sessionId, virtualNumberId, secondIndex, expiresAt: freeAfter }) => ({
          virtualNumberId,
          partyIndex: secondIndex ?? '',
          sessionId,
          role: 'second' as const,
          freeAfter,
        })),
      );
    });
  return opened.firstIndex ?? '';
}
