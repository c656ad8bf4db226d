import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { request } from 'undici';
import type { Step } from '../src/plivo-setup/index.js';
import { withPlivoSetup } from '../src/set-up-plivo.js';
import { masking } from './support/command-line.js';
import {
  AUTH_ID,
  AUTH_TOKEN,
  spawnProgram,
  startSimulator,
  temporaryFolder,
  type ServiceProcess,
} from './support/process.js';

type Settings = Record<string, string>;
interface Listed {
  objects: Record<string, unknown>[];
}

const NUMBERS = ['14155550100', '14155550101', '14155550102', '442079460001'];

// Plivo is asked over HTTP, as it is; what the account looks like is read by another hand than the one that changes it.
describe('the application of an account’s numbers at Plivo', () => {
  const cleanUp: (() => unknown)[] = [];
  let plivo: ServiceProcess;
  let settings: Settings;

  beforeAll(async () => {
    plivo = await startSimulator({
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: AUTH_TOKEN,
      NUMBERS: NUMBERS.join(),
      SERVICE_URL: 'http://127.0.0.1:9',
    });
    cleanUp.push(() => plivo.kill());
  }, 60_000);
  beforeEach(async () => {
    const folder = await temporaryFolder();
    cleanUp.push(folder.remove);
    settings = {
      DATABASE_URL: `sqlite:${join(folder.path, 'masking.db')}`,
      DATA_DIR: folder.path,
      PROVIDER: 'plivo',
      PLIVO_API_URL: `${plivo.baseUrl}/simulator`,
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: AUTH_TOKEN,
      PUBLIC_URL: 'https://masking.example.com/prefix',
    };
    await control('POST', 'reset');
    // One has no application, one somebody else's, one the account's own with other URLs.
    await control('PUT', `numbers/${NUMBERS[1]}`, { leads_to: 'elsewhere' });
    await control('PUT', `numbers/${NUMBERS[2]}`, { leads_to: 'nowhere' });
  });
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  async function ask<Body>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<Body> {
    const answer = await request(url, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${AUTH_ID}:${AUTH_TOKEN}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new Error(`${method} ${url}: ${answer.statusCode} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Body;
  }
  const control = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown) =>
    ask(method, `${plivo.baseUrl}/simulator/control/${path}`, body);
  const atPlivo = `/simulator/v1/Account/${AUTH_ID}`;
  const list = async (resource: string) =>
    (await ask<Listed>('GET', `${plivo.baseUrl}${atPlivo}/${resource}/`)).objects;
  /** Every byte of the account that is told. */
  const account = async () => JSON.stringify([await list('Number'), await list('Application')]);
  const applications = async () => new Map((await list('Application')).map((each) => [each['resource_uri'], each]));
  const leads = async () => {
    const known = await applications();
    return (await list('Number')).map(({ application }) => known.get(application)?.['answer_url'] ?? null);
  };

  const setUp = (wish: { only?: ReadonlySet<string> } = {}, env = settings): Promise<Step[]> =>
    withPlivoSetup(env, wish, async ({ setup }) => setup.carryOut(await setup.plan()));
  const restore = (): Promise<Step[] | null> =>
    withPlivoSetup(settings, {}, ({ setup }) => setup.restore({ isDry: false }));
  const problems = (steps: Step[] | null) => steps?.filter(({ problem }) => problem !== null);
  const files = () => readdirSync(settings['DATA_DIR'] ?? '');
  const HERE = `https://masking.example.com/prefix/plivo/${AUTH_ID}/answer#ct=2000&rt=5000&rc=2&rp=all`;

  it('is given, and after restore the account is what it was, byte by byte', async () => {
    const before = await account();
    expect(problems(await setUp())).toEqual([]);
    expect(await leads()).toEqual(NUMBERS.map(() => HERE));
    expect(await account()).not.toBe(before);
    expect(problems(await restore())).toEqual([]);
    expect(await account()).toBe(before);
    expect(files()).toEqual([]);
    expect(await restore()).toBeNull();
  });

  it('is shown before anything is done, and nothing is done by that', async () => {
    const before = await account();
    const plan = await withPlivoSetup(settings, {}, ({ setup }) => setup.plan());
    expect(plan.application).toMatchObject({ action: 'make', name: expect.stringMatching(/^masking-[0-9a-f]{8}$/) });
    expect(plan.numbers.map(({ number, before: had, changes }) => [number, had?.name ?? null, changes])).toEqual([
      [NUMBERS[0], 'masking', true],
      [NUMBERS[1], 'hotline', true],
      [NUMBERS[2], null, true],
      [NUMBERS[3], 'masking', true],
    ]);
    expect(await account()).toBe(before);
    expect(files()).toEqual([]);
  });

  it('is given once: a second setup finds nothing to do', async () => {
    await setUp();
    const after = await account();
    expect(await setUp()).toEqual([]);
    expect(await account()).toBe(after);
  });

  it('is used where one leads here already, and then not deleted', async () => {
    const before = await account();
    await ask('POST', `${plivo.baseUrl}${atPlivo}/Application/`, {
      app_name: 'by-hand',
      answer_url: `https://masking.example.com/prefix/plivo/${AUTH_ID}/answer`,
      hangup_url: `https://masking.example.com/prefix/plivo/${AUTH_ID}/hangup`,
    });
    const withOne = await account();
    expect(problems(await setUp())).toEqual([]);
    expect((await list('Application')).length).toBe(3);
    expect(problems(await restore())).toEqual([]);
    expect(await account()).toBe(withOne);
    expect(withOne).not.toBe(before);
  });

  it('follows a PUBLIC_URL that has changed, and the way back is still the first', async () => {
    const before = await account();
    await setUp();
    const made = (await list('Application')).length;
    const moved = { ...settings, PUBLIC_URL: 'https://elsewhere.example.com' };
    expect(problems(await setUp({}, moved))).toEqual([]);
    expect(await leads()).toEqual(
      NUMBERS.map(() => expect.stringMatching(/^https:\/\/elsewhere\.example\.com\/plivo\//)),
    );
    expect((await list('Application')).length).toBe(made);
    expect(problems(await restore())).toEqual([]);
    expect(await account()).toBe(before);
  });

  describe('brings texts here too', () => {
    const MESSAGES = `https://masking.example.com/prefix/plivo/${AUTH_ID}/message`;
    const ours = async () =>
      (await list('Application')).find(({ answer_url: url }) => String(url).startsWith('https://masking.example.com'));
    const give = (id: unknown, messageUrl: string) =>
      ask('POST', `${plivo.baseUrl}${atPlivo}/Application/${String(id)}/`, { message_url: messageUrl });
    const plan = () => withPlivoSetup(settings, {}, ({ setup }) => setup.plan());
    const texts = async () => new Set((await plan()).numbers.map((number) => number.texts));

    it('by the application that is made', async () => {
      expect(await texts()).toEqual(new Set(['here']));
      await setUp();
      expect(await ours()).toMatchObject({ message_url: MESSAGES, message_method: 'POST' });
      expect(await texts()).toEqual(new Set(['here']));
    });

    it('by one that an earlier setup has made without', async () => {
      await setUp();
      await give((await ours())?.['app_id'], '');
      expect((await plan()).application).toMatchObject({ action: 'change' });
      expect(problems(await setUp())).toEqual([]);
      expect(await ours()).toMatchObject({ message_url: MESSAGES });
      expect(await setUp()).toEqual([]);
    });

    it('but not where somebody has brought them to another place, also when the rest is changed', async () => {
      await setUp();
      await give((await ours())?.['app_id'], 'https://texts.example.com/plivo');
      expect(await setUp()).toEqual([]);
      expect(await texts()).toEqual(new Set(['elsewhere']));
      const moved = { ...settings, PUBLIC_URL: 'https://masking.example.com' };
      expect(problems(await setUp({}, moved))).toEqual([]);
      expect(await ours()).toMatchObject({
        answer_url: expect.stringMatching(/^https:\/\/masking\.example\.com\/plivo\//),
        message_url: 'https://texts.example.com/plivo',
      });
    });

    it('nor by an application that nobody’s setup has made, and says so', async () => {
      await ask('POST', `${plivo.baseUrl}${atPlivo}/Application/`, {
        app_name: 'by-hand',
        answer_url: `https://masking.example.com/prefix/plivo/${AUTH_ID}/answer`,
        hangup_url: `https://masking.example.com/prefix/plivo/${AUTH_ID}/hangup`,
      });
      expect(problems(await setUp())).toEqual([]);
      expect(await ours()).toMatchObject({ app_name: 'by-hand' });
      expect(await texts()).toEqual(new Set(['nowhere']));
      expect((await masking(['plivo', 'diff'], { env: settings })).stdout).toMatch(/ ITS TEXTS GO\n(.+ nowhere\n){4}/);
    });
  });

  it('of another installation on the same account is left alone', async () => {
    await setUp();
    const theirs = await list('Application');
    const other = await temporaryFolder();
    cleanUp.push(other.remove);
    const staging = { ...settings, DATA_DIR: other.path, PUBLIC_URL: 'https://staging.example.com' };
    expect(problems(await setUp({ only: new Set([NUMBERS[0] ?? '']) }, staging))).toEqual([]);
    expect(await list('Application')).toEqual([
      ...theirs,
      expect.objectContaining({ answer_url: expect.stringContaining('staging') }),
    ]);
    expect((await leads()).filter((url) => url === HERE)).toHaveLength(3);
    // And what staging has taken since is not taken back by the first.
    const steps = await restore();
    expect(steps?.map(({ what }) => what)).toContainEqual(
      expect.stringContaining('was given another application since'),
    );
    expect((await leads())[0]).toContain('staging');
  });

  it('is given to the numbers named alone', async () => {
    await setUp({ only: new Set([NUMBERS[2] ?? '']) });
    expect((await leads()).map((url) => url === HERE)).toEqual([false, false, true, false]);
  });

  it('is not taken from what a number has got since', async () => {
    await setUp();
    await control('PUT', `numbers/${NUMBERS[0]}`, { leads_to: 'elsewhere' });
    const steps = await restore();
    expect(steps?.map(({ what }) => what)).toContainEqual(
      `+${NUMBERS[0]} was given another application since: it keeps hotline`,
    );
    const [first] = await list('Number');
    const hotline = [...(await applications()).values()].find((each) => each['app_name'] === 'hotline');
    expect(first?.['application']).toBe(hotline?.['resource_uri']);
  });

  it('and its memory hold no secret, and nobody else reads it', async () => {
    await setUp();
    const [file = ''] = files();
    expect(file).toBe(`plivo-before-${AUTH_ID}.json`);
    const path = join(settings['DATA_DIR'] ?? '', file);
    expect(readFileSync(path, 'utf8')).not.toContain(AUTH_TOKEN);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['POST Application', true],
    ['POST Application', false],
    ['POST Number/:number', true],
    ['POST Number/:number', false],
    ['GET Number', false],
  ] as const)('survives that %s is lost (after its effect: %s)', async (only, afterEffect) => {
    const before = await account();
    await control('POST', 'faults', { api: { reset: true, only: [only], times: 1, after_effect: afterEffect } });
    await setUp().catch(() => undefined);
    await control('DELETE', 'faults');
    expect(problems(await setUp())).toEqual([]);
    expect(await leads()).toEqual(NUMBERS.map(() => HERE));
    expect((await list('Application')).length).toBe(3);

    await control('POST', 'faults', { api: { reset: true, only: [only], times: 1, after_effect: afterEffect } });
    await restore().catch(() => undefined);
    await control('DELETE', 'faults');
    await restore();
    expect(await account()).toBe(before);
    expect(files()).toEqual([]);
  });

  it('can be broken off by kill -9 in the middle, forth and back, and run again', async () => {
    const before = await account();
    const here = async () => (await leads()).filter((url) => url === HERE).length;
    /** The command as a process, killed once that many numbers lead here. */
    const killed = async (command: string, isEnough: (count: number) => boolean): Promise<void> => {
      await control('POST', 'faults', { api: { delay_ms: 400, only: ['POST Number/:number'] } });
      const running = spawnProgram('bin/cli.cjs', settings, { args: ['plivo', command, '--yes'] });
      while (!isEnough(await here())) expect(running.child.exitCode).toBeNull();
      await running.kill();
      await control('DELETE', 'faults');
    };

    await killed('setup', (count) => count >= 1);
    expect(await here()).toBeLessThan(NUMBERS.length);
    expect(problems(await setUp())).toEqual([]);
    expect(await here()).toBe(NUMBERS.length);
    await killed('restore', (count) => count < NUMBERS.length);
    expect(await here()).toBeGreaterThan(0);
    expect(problems(await restore())).toEqual([]);
    expect(await account()).toBe(before);
    expect(files()).toEqual([]);
  }, 60_000);

  it('is a command that shows before and after, and changes nothing before somebody has said yes', async () => {
    const before = await account();
    const run = (...args: string[]) => masking(['plivo', ...args], { env: settings });
    const shown = await run('setup', '--dry-run');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(
      /^Application masking-[0-9a-f]{8} is made, and leads to https:\/\/masking\.example\.com/,
    );
    expect(shown.stdout).toMatch(/^\+14155550101 +hotline +https:\/\/hotline\.example\/answer +masking-/m);
    expect((await run('setup')).code).toBe(2);
    expect((await run('setup', '--number', 'somebody')).code).toBe(2);
    expect(await account()).toBe(before);

    const done = await run('setup', '--yes', '--json');
    expect([done.code, JSON.parse(done.stdout)]).toMatchObject([0, { application: { action: 'make' } }]);
    expect((await run('diff')).stdout).toContain('Nothing is to be done.');
    expect((await run('restore', '--yes')).code).toBe(0);
    expect(await account()).toBe(before);
    expect((await run('restore', '--yes')).stdout).toContain('Nothing is remembered');
    expect(
      (await masking(['plivo', 'diff'], { env: { ...settings, PLIVO_API_URL: 'http://127.0.0.1:9' } })).code,
    ).not.toBe(0);
  });

  it('tells what Plivo refuses, and can be gone on with', async () => {
    const before = await account();
    await control('POST', 'faults', { api: { status: 500, only: ['POST Number/:number'], times: 40 } });
    const steps = await setUp({ only: new Set([NUMBERS[0] ?? '']) });
    expect(problems(steps)).toMatchObject([{ number: NUMBERS[0], problem: expect.stringContaining('status 500') }]);
    await control('DELETE', 'faults');
    expect(problems(await setUp())).toEqual([]);
    expect(problems(await restore())).toEqual([]);
    expect(await account()).toBe(before);
  }, 20_000);
});
