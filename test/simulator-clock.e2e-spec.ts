import { afterAll, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import { createMigratedDatabase, databaseKinds } from './support/database.js';
import { clientOf, sharedSettings, startProcess, temporaryFolder, type ServiceProcess } from './support/process.js';

const [ASHA, RAVI] = ['+14155550123', '+442079460958'];
const AN_HOUR = 3600;

describe.each(databaseKinds)("the simulator's clock (%s)", (kind) => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  async function control<Body>(service: ServiceProcess, path: string, body?: unknown): Promise<Body> {
    const answer = await request(`${service.baseUrl}/simulator/control${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await answer.body.json()) as Body;
  }

  it('goes on from where it was moved after a restart: who is over holds no number, and callbacks bear real time', async () => {
    const folder = await temporaryFolder();
    const database = await createMigratedDatabase(kind, `${folder.path}/masking.db`);
    cleanUp.push(folder.remove, database.drop);
    const settings = { ...sharedSettings(database.url, folder.path), SYNC_NUMBERS: 'true' };
    const client = clientOf(4);
    cleanUp.push(() => client.close());
    const open = async (service: ServiceProcess, last: number) =>
      client.create(service.baseUrl, {
        first_party: ASHA,
        second_party: `+4420794609${String(last).padStart(2, '0')}`,
      });

    const first = await startProcess(settings);
    cleanUp.push(() => first.kill());
    expect(first.output()).not.toContain('Clock');
    expect((await control<{ ahead_seconds: number }>(first, '/clock')).ahead_seconds).toBe(0);
    await control(first, '/clock', { advance_seconds: AN_HOUR });
    // All that are lent to an American party, in the moved time.
    for (const last of [1, 2, 3]) expect((await open(first, last)).status).toBe(201);
    expect((await open(first, 4)).status).toBe(400);
    await control(first, '/clock', { advance_seconds: AN_HOUR + 1 });
    await first.kill();

    const second = await startProcess(settings);
    cleanUp.push(() => second.kill());
    expect(second.output()).toContain("Clock        2 h 1 min ahead of this machine's");
    expect((await control<{ ahead_seconds: number }>(second, '/clock')).ahead_seconds).toBe(2 * AN_HOUR + 1);
    const made = await client.create(second.baseUrl, { first_party: ASHA, second_party: RAVI });
    expect(made.status).toBe(201);

    const session = String(made.body['session_uuid']);
    await control(second, '/calls', { from: ASHA, to: made.body['virtual_number'] });
    const { items } = await control<{ items: { headers: Record<string, string> }[] }>(
      second,
      `/inbox?session=${session}&wait_for=1&timeout=20`,
    );
    const signedAt = Number(items[0]?.headers['webhook-timestamp']);
    expect(Math.abs(Date.now() / 1000 - signedAt)).toBeLessThan(60);
  }, 60_000);
});
