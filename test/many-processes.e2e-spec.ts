import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../src/data-source.js';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import {
  AUTH_ID,
  clientOf,
  sharedSettings,
  startProcess,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';

const CREATORS = 64;

describe.each(databaseKinds)('under many hands (%s)', (kind) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  async function place(): Promise<{ settings: Record<string, string>; url: string }> {
    const folder = await temporaryFolder();
    const database = await createMigratedDatabase(kind, join(folder.path, 'masking.db'));
    cleanUp.push(folder.remove, database.drop);
    return { settings: sharedSettings(database.url, folder.path), url: database.url };
  }

  async function addNumbers(
    client: ReturnType<typeof clientOf>,
    service: ServiceProcess,
    count: number,
  ): Promise<void> {
    for (let index = 0; index < count; index++) {
      const added = await client.admin(service.baseUrl, '/numbers', {
        account: AUTH_ID,
        number: `+1202555${1000 + index}`,
      });
      expect(added.status).toBe(201);
    }
  }

  it(`${CREATORS} creators over overlapping parties and 10 numbers: no double mapping, no half session, no error but exhaustion`, async () => {
    const { settings, url } = await place();
    // Two processes share a MariaDB; SQLite is for one process.
    const services = await Promise.all((kind === 'mysql' ? [1, 2] : [1]).map(() => startProcess(settings)));
    const client = clientOf();
    await addNumbers(client, services[0]!, 10);
    const outcomes = new Map<string, number>();
    const live = new Map<string, string>();

    await Promise.all(
      Array.from({ length: CREATORS }, async (_, creator) => {
        for (let round = 0; round < 12; round++) {
          const service = services[(creator + round) % services.length]!;
          const first = `+1415555${1000 + ((creator * 7 + round * 3) % 23)}`;
          const second = `+1415555${2000 + ((creator * 5 + round) % 19)}`;
          const answer = await client.create(service.baseUrl, { first_party: first, second_party: second });
          const outcome = answer.status === 201 ? 'created' : `${answer.status} ${String(answer.body.error)}`;
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
          const uuid = String(answer.body.session_uuid);
          if (answer.status === 201) live.set(uuid, String(answer.body.virtual_number));
          if (answer.status === 201 && (creator + round) % 4 === 0) {
            const ended = await client.end(service.baseUrl, uuid);
            if (ended.status === 200) live.delete(uuid);
          }
        }
      }),
    );

    expect([...outcomes.keys()].sort()).toEqual(
      ['400 Number pool exhausted or not available', 'created'].filter((key) => outcomes.has(key)),
    );
    expect(outcomes.get('created')).toBeGreaterThan(CREATORS);
    await expectWhole(kind, url);
    await client.close();
    for (const service of services) await service.stop();
  }, 120_000);

  it('kill -9 during 1,000 creates: every acknowledged session is there, whole', async () => {
    const { settings, url } = await place();
    const client = clientOf(16);
    const acknowledged = new Map<string, { first: string; second: string; number: string }>();
    let next = 0;
    let kills = 0;
    let service = await startProcess(settings);
    await addNumbers(client, service, 40);

    while (next < 1000) {
      const until = Math.min(next + 250, 1000);
      const killAt = next + 120;
      let hasDied = null as Promise<void> | null;
      await Promise.all(
        Array.from({ length: 16 }, async () => {
          while (next < until && hasDied === null) {
            const index = next++;
            if (index === killAt) {
              hasDied = service.kill();
              kills += 1;
            }
            const first = `+1415${5_000_000 + index}`;
            const second = `+1416${5_000_000 + index}`;
            const answer = await client
              .create(service.baseUrl, { first_party: first, second_party: second })
              .catch(() => null);
            if (answer?.status === 201) {
              acknowledged.set(String(answer.body.session_uuid), {
                first,
                second,
                number: String(answer.body.virtual_number),
              });
            }
          }
        }),
      );
      if (hasDied) await hasDied;
      next = until;
      service = await startProcess(settings);
    }

    expect(kills).toBe(4);
    expect(acknowledged.size).toBeGreaterThan(300);
    for (const [uuid, session] of acknowledged) {
      const found = await client.get(service.baseUrl, uuid);
      expect([found.status, found.body.first_party, found.body.second_party, found.body.virtual_number]).toEqual([
        200,
        session.first,
        session.second,
        session.number,
      ]);
    }
    await expectWhole(kind, url);
    await client.close();
    await service.stop();
  }, 180_000);
});

/** Read past the service: every live session has exactly its two places, every place one live session. */
async function expectWhole(kind: 'sqlite' | 'mysql', url: string): Promise<void> {
  const dataSource = await openDatabase(
    kind === 'sqlite' ? { kind, file: url.slice('sqlite:'.length) } : { kind, url },
  );
  const now = Date.now();
  const live = (await dataSource.query(
    "SELECT id, virtual_number_id FROM masking_session WHERE status = 'active' AND expires_at > ?",
    [now],
  )) as Row[];
  const places = (await dataSource.query(
    'SELECT session_id AS id, virtual_number_id, party_index FROM number_assignment WHERE free_after > ?',
    [now],
  )) as (Row & { party_index: string })[];
  await dataSource.destroy();
  const name = (row: Row): string => `${row.id} on ${row.virtual_number_id}`;
  expect(places.map(name).sort()).toEqual(live.flatMap((session) => [name(session), name(session)]).sort());
  expect(new Set(places.map((place) => `${place.virtual_number_id} ${place.party_index}`)).size).toBe(places.length);
}

interface Row {
  id: string;
  virtual_number_id: number;
}
