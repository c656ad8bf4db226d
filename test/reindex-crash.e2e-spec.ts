import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { migrate, openDatabase } from '../src/data-source.js';
import { ASSIGNMENTS } from '../src/number-pool/index.js';
import { Clock } from '../src/platform/clock.js';
import { Database } from '../src/platform/database/database.js';
import { newId } from '../src/platform/ids.js';
import { SESSIONS } from '../src/sessions/session.entity.js';
import { WHOLE } from '../src/sessions/session-record.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { addNumbers, sessionsOn } from './support/ground.js';
import { sharedSettings, spawnService, startProcess, temporaryFolder } from './support/process.js';

const COUNT = 800;
const AT_ONCE = 100;

describe.each(databaseKinds)('an upgrade with %s', (kind) => {
  const cleanUp: (() => Promise<unknown>)[] = [];

  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  it('that is killed while it brings parties up to date goes on there, with every session in its place', async () => {
    const folder = await temporaryFolder();
    const { url, drop } = await createMigratedDatabase(kind, join(folder.path, 'masking.db'));
    cleanUp.push(folder.remove, drop);
    const dataSource = await openDatabase(
      kind === 'sqlite' ? { kind, file: url.slice('sqlite:'.length) } : { kind, url },
    );
    cleanUp.push(() => dataSource.destroy());
    await migrate(dataSource);
    const database = new Database(dataSource);
    const settings = sharedSettings(url, folder.path);
    const key = Buffer.from(settings['ENCRYPTION_KEY'] ?? '', 'base64');
    await addNumbers(database, ['12025550140']);
    await openBefore(database, key);
    const rows = (sql: string) => database.read((manager) => manager.query<Record<string, unknown>[]>(sql));
    const progress = async () => (await rows('SELECT stage, session_id FROM party_reindex'))[0];

    const killed = spawnService({ ...settings, PORT: '0' });
    while (((await progress())?.['session_id'] ?? '') === '') {
      if (killed.child.exitCode !== null) throw new Error(killed.output());
      await new Promise((resume) => setImmediate(resume));
    }
    await killed.kill();
    expect(await progress()).toMatchObject({ stage: 'live' });

    // Two processes share a MariaDB; SQLite is for one process.
    const again = await Promise.all((kind === 'mysql' ? [1, 2] : [1]).map(() => startProcess(settings)));
    await Promise.all(again.map((one) => one.stop()));

    expect(['ended', 'late']).toContain((await progress())?.['stage']);
    const { records } = sessionsOn(database, new Clock(), key);
    const sessions = await database.read((manager) => WHOLE.read(manager, 'FROM masking_session'));
    expect(sessions).toHaveLength(COUNT);
    for (const row of sessions) {
      const session = records.fromRow(row);
      const [first, second] = [session.parties.first, session.parties.second].map((number) =>
        records.partyIndex(session.accountId, number),
      );
      expect(row).toMatchObject({
        status: 'active',
        firstIndex: first,
        secondIndex: second,
        pairIndex: records.pairIndex(session),
      });
    }
    const places = await rows(
      `SELECT a.party_index FROM number_assignment a JOIN masking_session s ON s.id = a.session_id
       AND a.party_index = CASE a.role WHEN 'first' THEN s.first_index ELSE s.second_index END`,
    );
    expect(places).toHaveLength(2 * COUNT);
    expect(await rows('SELECT COUNT(*) AS places FROM number_assignment')).toEqual([{ places: 2 * COUNT }]);
  }, 120_000);
});

/** Sessions with mobiles of Argentina, indexed as 0.1.0 did it: by digits. Straight into the tables, copies of one that was opened. */
async function openBefore(database: Database, key: Buffer<ArrayBuffer>): Promise<void> {
  const { open, records, crypto } = sessionsOn(database, new Clock(), key);
  records.partyIndex = (account, number) => (number === null ? null : crypto.index(account, 'party', number));
  records.pairIndex = ({ accountId, parties: { first, second } }) =>
    crypto.index(accountId, 'pair', `|${first}|${second}`);
  const phones = (index: number) => ({ first: `549116677${1000 + index}`, second: `1415555${1000 + index}` });
  const { first: first_party, second: second_party } = phones(0);
  const opened = await open({ first_party, second_party, geomatch: false, session_expiry: 86_400 });
  for (let at = 1; at < COUNT; at += AT_ONCE) {
    const copies = Array.from({ length: Math.min(AT_ONCE, COUNT - at) }, (_, index) => {
      const parties = { ...opened.parties, ...phones(at + index) };
      return {
        ...opened,
        id: newId(),
        parties,
        firstIndex: records.partyIndex(opened.accountId, parties.first),
        secondIndex: records.partyIndex(opened.accountId, parties.second),
      };
    });
    const assignments = copies.flatMap(({ id: sessionId, virtualNumberId, firstIndex, secondIndex, expiresAt }) =>
      ([firstIndex, secondIndex] as const).map((index, place) => ({
        virtualNumberId,
        partyIndex: index ?? '',
        sessionId,
        role: place === 0 ? ('first' as const) : ('second' as const),
        freeAfter: expiresAt,
      })),
    );
    await database.transaction(async (tx) => {
      await SESSIONS.insert(
        tx,
        copies.map((copy) => records.toRow(copy)),
      );
      await ASSIGNMENTS.insert(tx, assignments);
    });
  }
}
