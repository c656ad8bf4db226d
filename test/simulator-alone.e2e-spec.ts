import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';
import { SyncNumbers } from '../src/number-pool/index.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { freePort, spawnProgram, startSimulator, type ServiceProcess } from './support/process.js';
import { askedBy, AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const ASHA = '14155550123';
const RAVI = '14155550124';

/** How a program that was started with `settings` ends. */
async function endOf(settings: Record<string, string>, args: string[] = []) {
  const program = spawnProgram('src/simulator/main.js', settings, { args });
  const code = await new Promise((resolve) => program.child.once('close', resolve));
  return { code, output: program.output() };
}

// The service knows no more about this Plivo than about the real one: a base URL and an account.
describeOnEachService('a simulated Plivo in a process of its own', (start) => {
  let service: Service;
  let simulator: ServiceProcess;
  let pool: Pool;
  const plivo = simulatedPlivo(() => ({ request: askedBy(pool, service) }));

  beforeAll(async () => {
    const port = await freePort();
    service = await start({ settings: { PROVIDER: 'plivo', PLIVO_API_URL: `http://127.0.0.1:${port}/simulator` } });
    simulator = await startSimulator({
      PORT: String(port),
      SERVICE_URL: service.baseUrl,
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: service.authToken,
      NUMBERS: '14155550100, +14155550101',
    });
    pool = new Pool(simulator.baseUrl);
  }, 60_000);
  afterAll(async () => {
    await pool?.close();
    await simulator?.kill();
  });

  it('says where it is, whose account it plays and where its webhooks go, and keeps a given token to itself', () => {
    for (const words of [
      `${simulator.baseUrl}/simulator/v1/Account/${AUTH_ID}/`,
      `PLIVO_API_URL=${simulator.baseUrl}/simulator`,
      '14155550100, 14155550101',
      `${service.baseUrl}/plivo/${AUTH_ID}/answer#ct=2000`,
      `${service.baseUrl}/plivo/${AUTH_ID}/hangup#ct=2000`,
    ])
      expect(simulator.output()).toContain(words);
    expect(simulator.output()).not.toContain(service.authToken);
  });

  it('rents the service its numbers, connects a masked call, bills it and hands out its recording', async () => {
    expect(await service.app.get(SyncNumbers).run(AUTH_ID)).toMatchObject({ added: 2 });
    const made = await service.sessions<{ session_uuid: string; virtual_number: string }>('POST', '/', {
      first_party: ASHA,
      second_party: RAVI,
      record: true,
    });
    expect(made).toMatchObject({ status: 201, body: { virtual_number: expect.stringMatching(/^\+1415555010[01]$/) } });
    const { session_uuid: session, virtual_number: virtual } = made.body;

    await plivo.talk(ASHA, virtual, RAVI, 42);

    const { items } = await plivo.control<{ items: { phone: string; caller_id: string }[] }>('GET', '/sightings');
    expect(items.map(({ phone, caller_id: shown }) => [phone, `+${shown}`])).toEqual([[RAVI, virtual]]);
    const read = await service.sessions<{ response: Record<string, unknown> }>('GET', `/${session}/`);
    expect(read.body.response).toMatchObject({ total_call_count: 2, total_call_billed_duration: 120 });
    expect(await recordingOf(session)).toMatchObject({ status: 'ready' });
  });

  it('ends at a signal', async () => {
    expect(await simulator.stop('SIGTERM')).toBe(0);
  });

  /** Once it is fetched, or was given up. */
  async function recordingOf(session: string): Promise<Record<string, unknown> | undefined> {
    for (let look = 0; look < 100; look += 1) {
      await service.app.get(Jobs).runDue();
      const listed = await service.admin<{ items: Record<string, unknown>[] }>('GET', `/recordings?session=${session}`);
      const [recording] = listed.body.items;
      if (recording !== undefined && recording['status'] !== 'fetching') return recording;
    }
    return undefined;
  }
});

describe('the command of the simulated Plivo', () => {
  it('lists its settings, and stops at a wrong one and at an argument that it does not know', async () => {
    const [help, setting, argument] = await Promise.all([
      endOf({}, ['--help']),
      endOf({ PORT: 'eighty' }),
      endOf({}, ['--port=1']),
    ]);
    expect(help).toMatchObject({ code: 0, output: expect.stringMatching(/^ {2}SERVICE_URL +\S/m) });
    expect(setting).toMatchObject({ code: 3, output: expect.stringContaining('PORT  expected a whole number') });
    expect(argument).toMatchObject({ code: 3, output: expect.stringContaining('expected none or --help') });
  }, 60_000);
});
