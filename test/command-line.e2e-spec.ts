import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../src/platform/database/database.js';
import { Jobs } from '../src/platform/jobs/jobs.js';
import { signV3 } from '../src/plivo/index.js';
import { masking, maskingProcess, startMasking, type Ended } from './support/command-line.js';
import { freePort, temporaryFolder } from './support/process.js';
import { AUTH_ID, describeOnEachService, type Service } from './support/service.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

const [ANA, RAVI] = ['+14155550123', '+14155550124'];
const NOBODY = '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f';
const SETTINGS = { PROVIDER: 'simulator', WORKER_POLL_MS: '60000', LOG_LEVEL: 'silent' };

interface Items {
  items: Record<string, unknown>[];
  next_cursor: string | null;
}

describeOnEachService('the command line', (start, kind) => {
  let service: Service;
  let folder: string;
  let session: string;
  /** Nothing of these may be read in what was not asked to show them. */
  let canaries: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'masking-cli-'));
    // What is in memory has nobody else.
    const file: Record<string, string> =
      kind === 'sqlite' ? { DATABASE_URL: `sqlite:${join(folder, 'masking.db')}` } : {};
    service = await start({ settings: { ...SETTINGS, ...file } });
    canaries = [ANA, RAVI].map((number) => number.slice(1)).concat(service.adminToken, service.authToken);
    session = await opened();
    const { virtual_number: number } = (await service.sessions('GET', `/${session}/`)).body['response'] as {
      virtual_number: string;
    };
    await simulatedPlivo(() => service).talk(ANA, `+${number}`, RAVI, 42);
    await service.app.get(Jobs).runDue();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const opened = async (body: object = {}): Promise<string> => {
    const answer = await service.sessions<{ session_uuid: string }>('POST', '/', {
      first_party: ANA,
      second_party: RAVI,
      ...body,
    });
    expect(answer.status).toBe(201);
    return answer.body.session_uuid;
  };
  const asAdmin = () => ({ MASKING_URL: service.baseUrl, MASKING_TOKEN: service.adminToken });
  const run = (...args: string[]): Promise<Ended> => masking(args, { env: asAdmin() });
  /** What a program reads: exit code 0, one JSON value, nothing of a canary. */
  const json = async <Value>(...args: string[]): Promise<Value> => {
    const ended = await run(...args, '--json');
    expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringMatching(/masking: /)]);
    expectSilent(ended);
    return JSON.parse(ended.stdout) as Value;
  };
  const expectSilent = ({ stdout, stderr }: Ended): void => {
    for (const canary of canaries) expect(stdout + stderr).not.toContain(canary);
  };
  const atDatabase = (): Record<string, string> => {
    const { options } = service.dataSource;
    const url =
      options.type === 'better-sqlite3' ? `sqlite:${options.database}` : String('url' in options && options.url);
    return {
      DATABASE_URL: url,
      DATA_DIR: folder,
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      PROVIDER: 'simulator',
    };
  };

  describe('lists', () => {
    it.each([
      [['sessions', 'list'], 'session_uuid'],
      [['sessions', 'list', '--party', '+1 (415) 555-0123', '--status', 'active'], 'session_uuid'],
      [['calls', 'list', '--outcome', 'connected'], 'call_id'],
      [['callbacks', 'list', '--status', 'delivered'], 'event'],
      [['numbers', 'list', '--country', 'US'], 'number'],
      [['operators', 'list'], 'role'],
    ])('%j as JSON in the form of the admin API, and as a table', async (args, member) => {
      const env = args[0] === 'operators' ? atDatabase() : asAdmin();
      const [machine, person] = await Promise.all([masking([...args, '--json'], { env }), masking(args, { env })]);
      expect([machine.code, person.code]).toEqual([0, 0]);
      const { items } = JSON.parse(machine.stdout) as Items;
      expect(items.length).toBeGreaterThan(0);
      expect(items[0]).toHaveProperty(member);
      expect(person.stdout.trimEnd().split('\n')).toHaveLength(items.length + 1);
      for (const ended of [machine, person]) expectSilent(ended);
    });

    it('nothing as an empty list, and says so to people', async () => {
      expect(await json<Items>('jobs', 'list', '--status', 'parked')).toEqual({ items: [], next_cursor: null });
      expect(await run('jobs', 'list', '--status', 'parked')).toEqual({ code: 0, stdout: '', stderr: 'None found.\n' });
    });

    it('page after page until there are enough, and says where the rest begins', async () => {
      const two = await json<Items>('callbacks', 'list', '--limit', '2');
      expect(two.items).toHaveLength(2);
      const rest = await json<Items>('callbacks', 'list', '--all', '--cursor', two.next_cursor ?? '');
      const all = await json<Items>('callbacks', 'list', '--all');
      expect([...two.items, ...rest.items]).toEqual(all.items);
      expect(all.next_cursor).toBeNull();
    });

    it('whole numbers where they are asked for, which is audited', async () => {
      const ended = await run('sessions', 'list', '--reveal');
      expect(ended.stdout).toContain(ANA);
      const { items } = (await service.admin<Items>('GET', '/audit')).body;
      expect(items[0]).toMatchObject({ action: 'numbers.revealed', target: 'GET /admin/sessions' });
    });
  });

  it('shows one session with its timeline', async () => {
    const shown = await json<{ timeline: { what: string }[] }>('sessions', 'get', session);
    expect(shown.timeline.map(({ what }) => what)).toContain('the session was opened');
    const { stdout } = await run('sessions', 'get', session);
    expect(stdout).toMatch(/^session +0/);
    expect(stdout).toContain('the session was opened');
  });

  it('ends a session, which is asked first, and of nobody where nobody sits', async () => {
    const other = await opened({ first_party: '+14155550177', second_party: '+14155550178' });
    expect(await run('sessions', 'end', other)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--yes'),
    });
    expect((await service.admin('GET', `/sessions/${other}`)).body['status']).toBe('active');
    expect(await json('sessions', 'end', other, '--yes')).toMatchObject({ session_uuid: other, status: 'expired' });
    expect((await run('sessions', 'end', other, '--yes')).code).toBe(1);
  });

  it('sends callbacks again, one or a range', async () => {
    const { items } = await json<Items>('callbacks', 'list', '--limit', '1');
    expect(await json('callbacks', 'replay', String(items[0]?.['id']))).toEqual({ queued: 1 });
    await service.app.get(Jobs).runDue();
    expect((await run('callbacks', 'replay', '--status', 'delivered')).code).toBe(2);
    const { queued } = await json<{ queued: number }>(
      'callbacks',
      'replay',
      '--status',
      'delivered',
      '--session',
      session,
      '--yes',
    );
    expect(queued).toBeGreaterThan(2);
    expect((await run('callbacks', 'replay', NOBODY, '--status', 'parked')).code).toBe(2);
    await service.app.get(Jobs).runDue();
  });

  it('does a job now', async () => {
    const { items } = await json<Items>('jobs', 'list', '--status', 'waiting');
    const [job] = items;
    if (job) expect(await json('jobs', 'retry', String(job['id']))).toMatchObject({ status: 'waiting' });
    expect(await run('jobs', 'retry', NOBODY)).toMatchObject({ code: 1, stdout: '' });
  });

  describe('numbers', () => {
    it('are imported whole or not at all, with what is wrong by row', async () => {
      writeFileSync(join(folder, 'good.csv'), 'number,subaccount,alias\n+14155550190,,line\n');
      writeFileSync(join(folder, 'bad.csv'), 'number,subaccount,alias\n+14155550191,,a\nnonsense,,b\n');
      expect(await json('numbers', 'import', join(folder, 'good.csv'), '--account', AUTH_ID)).toEqual({
        added: 1,
        unchanged: 0,
      });
      const refused = await run('numbers', 'import', join(folder, 'bad.csv'), '--account', AUTH_ID);
      expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('row 2') });
      expect((await run('numbers', 'import', join(folder, 'missing.csv'), '--account', AUTH_ID)).stderr).toContain(
        'ENOENT',
      );
    });

    it('are drained and lent again', async () => {
      expect(await json('numbers', 'drain', '+14155550190')).toMatchObject({
        number: '+14155550190',
        status: 'draining',
      });
      expect(await json('numbers', 'drain', '14155550190', '--undo')).toMatchObject({ status: 'active' });
      expect((await run('numbers', 'drain', 'nonsense')).code).toBe(2);
      expect((await run('numbers', 'drain', '+14155550000')).code).toBe(1);
    });

    it('are synced', async () => {
      expect(await json('numbers', 'sync', '--account', AUTH_ID)).toMatchObject({ added: expect.any(Number) });
      expect((await run('numbers', 'sync', '--account', 'MANOBODYNOBODYNOBODY')).code).toBe(1);
    });

    it('are planned for without anybody, and compared with what there is by the service', async () => {
      const alone = await masking(['numbers', 'plan', '--first-max', '10', '--second-max', '5', '--json'], {});
      expect(JSON.parse(alone.stdout)).toMatchObject({ numbers_needed: 14, present: null });
      const args = ['--first-max', '10', '--second-max', '5', '--account', AUTH_ID, '--country', 'US'];
      expect(await json('numbers', 'plan', ...args)).toMatchObject({ numbers_needed: 14, present: { country: 'US' } });
      expect((await run('numbers', 'plan', '--first-max', '10')).code).toBe(2);
    });
  });

  describe('people', () => {
    it('are found and exported by a number on standard input, which no list of processes shows', async () => {
      const options = { env: asAdmin(), input: `${ANA}\n` };
      const found = await masking(['people', 'find', '-', '--json'], options);
      expect(JSON.parse(found.stdout)).toMatchObject({ found: { sessions: 1, calls: 1 } });
      expectSilent(found);
      const exported = await masking(['people', 'export', '-', '--out', join(folder, 'ana.json')], options);
      expect(exported.code).toBe(0);
      expectSilent(exported);
      expect(JSON.parse(readFileSync(join(folder, 'ana.json'), 'utf8'))).toMatchObject({ number: ANA });
      expect(statSync(join(folder, 'ana.json')).mode & 0o777).toBe(0o600);
      const again = await masking(['people', 'export', '-', '--out', join(folder, 'ana.json')], options);
      expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('--force') });
    });

    it('are erased when that is said twice', async () => {
      const numbers = { first_party: '+14155550181', second_party: '+14155550182' };
      const id = await opened(numbers);
      expect((await run('people', 'erase', numbers.first_party)).code).toBe(2);
      const begun = await json<{ erasure_id: string }>('people', 'erase', numbers.first_party, '--yes', '--no-wait');
      const status = async () => (await service.admin('GET', `/people/erasures/${begun.erasure_id}`)).body['status'];
      // It looks again after two seconds where a callback of the session is on its way.
      while ((await status()) === 'running') await service.app.get(Jobs).runDue();
      expect(await status()).toBe('done');
      expect((await run('sessions', 'get', id)).code).toBe(1);
    });
  });

  describe('exports', () => {
    it.each(['calls', 'sessions', 'stats'])('%s as CSV and as JSON, the same rows in both', async (what) => {
      const csv = await run('export', what, '--from', '2020-01-01', '--out', join(folder, `${what}.csv`));
      expect(csv).toMatchObject({ code: 0, stdout: '' });
      const lines = readFileSync(join(folder, `${what}.csv`), 'utf8')
        .trimEnd()
        .split('\r\n');
      const rows = await json<object[]>('export', what, '--from', '2020-01-01');
      expect(rows.length).toBeGreaterThan(0);
      expect(lines).toHaveLength(rows.length + 1);
      for (const canary of canaries) expect(lines.join('\n')).not.toContain(canary);
    });

    it('only what is of the time that was asked for', async () => {
      expect(await json('export', 'sessions', '--to', '2020-01-01')).toEqual([]);
      expect((await run('export', 'sessions', '--from', '2026-13-45')).code).toBe(2);
      expect((await run('export', 'sessions', '--from', '2026-11-30', '--to', '2026-11-29')).code).toBe(1);
    });

    it('leave no file behind when they fail, nor touch the one that is there', async () => {
      writeFileSync(join(folder, 'kept.csv'), 'kept');
      const wrong = await masking(['export', 'calls', '--out', join(folder, 'kept.csv'), '--force'], {
        env: { ...asAdmin(), MASKING_TOKEN: 'nobody-has-this-token' },
      });
      expect(wrong.code).toBe(1);
      expect(readFileSync(join(folder, 'kept.csv'), 'utf8')).toBe('kept');
      expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
      expect((await run('export', 'calls', '--out', join(folder, 'no/such/folder.csv'))).code).toBe(1);
    });
  });

  describe('operators', () => {
    it('are added, rotated and removed on the database, and open the service meanwhile', async () => {
      const at = (...args: string[]) => masking(['operators', ...args], { env: atDatabase() });
      const added = await at('add', 'ann@example.com', '--role', 'support');
      expect(added).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{40}\n$/) });
      const token = added.stdout.trim();
      const asAnn = { env: { ...asAdmin(), MASKING_TOKEN: token } };
      expect((await masking(['sessions', 'list'], asAnn)).code).toBe(0);
      expect((await masking(['people', 'export', ANA], asAnn)).stderr).toContain('role_needed');
      expect((await at('add', 'ann@example.com', '--role', 'viewer')).stderr).toContain('exists');
      expect((await at('add', '+14155550123', '--role', 'viewer')).code).toBe(1);
      expect((await at('add', 'bob', '--role', 'emperor')).code).toBe(2);

      const rotated = await at('rotate', 'ann@example.com', '--overlap', '60', '--json');
      expect(JSON.parse(rotated.stdout)).toMatchObject({
        name: 'ann@example.com',
        token: expect.not.stringContaining(token),
      });
      expect((await at('remove', 'ann@example.com')).code).toBe(2);
      expect((await at('remove', 'ann@example.com', '--yes')).code).toBe(0);
      expect((await at('remove', 'ann@example.com', '--yes')).code).toBe(1);
      expect((await at('rotate', 'admin')).stderr).toContain('ADMIN_TOKEN');
      const { id } = JSON.parse(rotated.stdout) as { id: string };
      const { items } = (await service.admin<Items>('GET', `/audit?target=${id}`)).body;
      expect(items.map(({ action, details }) => [action, details])).toEqual([
        ['operator.removed', { name: 'ann@example.com', role: 'support', by: 'command line' }],
        ['operator.rotated', { name: 'ann@example.com', overlap_seconds: 60, by: 'command line' }],
        ['operator.added', { name: 'ann@example.com', role: 'support', by: 'command line' }],
      ]);
    });
  });

  it('verifies the audit, and names the first entry that is not as it was written', async () => {
    const at = () => masking(['audit', 'verify', '--json'], { env: atDatabase() });
    const whole = await at();
    expect([whole.code, JSON.parse(whole.stdout)]).toMatchObject([0, { is_whole: true, broken: null }]);
    const change = (action: string) =>
      service.dataSource.query('UPDATE audit_entry SET action = ? WHERE position = 2', [action]);
    const [{ action }] = await service.dataSource.query('SELECT action FROM audit_entry WHERE position = 2');
    await change('nothing.happened');
    const broken = await at();
    expect([broken.code, JSON.parse(broken.stdout)]).toMatchObject([
      1,
      { is_whole: false, entries: 1, broken: { position: 2, found: { action: 'nothing.happened' } } },
    ]);
    await change(action);
    expect((await at()).code).toBe(0);
  });

  it('knows whether migrations are pending', async () => {
    expect(await masking(['migrate', '--check', '--json'], { env: atDatabase() })).toMatchObject({
      code: 0,
    });
  });

  describe('listen', () => {
    interface Received {
      headers: IncomingMessage['headers'];
      body: string;
    }
    const received: Received[] = [];
    const receiver = createServer((request, response) => {
      void text(request).then((body) => {
        received.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    let url: string;
    beforeAll(async () => {
      await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    });
    afterAll(() => void receiver.close());

    const told = async (...args: string[]): Promise<Ended> => {
      received.splice(0);
      const listening = startMasking(['listen', '--account', AUTH_ID, ...args], { env: asAdmin() });
      await listening.wrote(/Listening/);
      const id = await opened({ first_party: '+14155550151', second_party: '+14155550152' });
      await simulatedPlivo(() => service).advance(3601);
      await service.app.get(Jobs).runDue();
      const { ExpireDueSessions } = await import('../src/sessions/index.js');
      await service.app.get(ExpireDueSessions).run();
      await listening.wrote(new RegExp(id));
      return listening.stop();
    };

    it('shows callbacks as they are made, and brings them with signatures for that URL', async () => {
      const ended = await told('--forward-to', url, '--json');
      expect(ended.code).toBe(0);
      const shown = JSON.parse(ended.stdout.split('\n')[0] ?? '') as Record<string, unknown>;
      expect(shown).toMatchObject({ event: 'SessionTimeout', forwarded: { status: 204, error: null } });
      expect(shown).not.toHaveProperty('request');
      const [{ headers, body } = { headers: {}, body: '' }] = received;
      const nonce = String(headers['x-plivo-signature-v3-nonce']);
      const params = [...new URLSearchParams(body)] as [string, string][];
      const v3 = signV3({ method: 'POST', url, params, nonce, token: service.authToken });
      expect(String(headers['x-plivo-signature-v3']).split(',')).toContain(v3);
      const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
      const digest = createHmac('sha256', service.authToken).update(signed).digest('base64');
      expect(headers['webhook-signature']).toBe(`v1,${digest}`);
      expectSilent(ended);
    });

    it('says that it listens once the service knows what was there before, so that nothing made since is missed', async () => {
      const database = service.app.get(Database);
      const { browse } = Database.prototype;
      let letGo = (): void => undefined;
      const isLetGo = new Promise<void>((resolve) => (letGo = resolve));
      const isLooking = new Promise<void>((resolve) => {
        database.browse = async (work) => {
          resolve();
          await isLetGo;
          return browse.call(database, work) as ReturnType<typeof work>;
        };
      });
      const listening = startMasking(['listen', '--account', AUTH_ID], { env: asAdmin() });
      let isListening = false;
      const wrote = listening.wrote(/Listening/).then(() => (isListening = true));
      await isLooking;
      await service.request('/livez', { as: null });

      expect(isListening).toBe(false);
      Reflect.deleteProperty(database, 'browse');
      letGo();
      await wrote;
      expect((await listening.stop()).code).toBe(0);
    });

    it('tells what a receiver that is not there says', async () => {
      const ended = await told('--forward-to', `http://127.0.0.1:${await freePort()}/hook`);
      expect(ended.stdout).toMatch(/SessionTimeout #\d+ .* -> ECONNREFUSED in \d+ ms/);
    });

    it.each(['https://example.com/hook', 'http://8.8.8.8/', 'file:///etc/passwd', 'http://user:secret@127.0.0.1/'])(
      'has nothing signed for %s',
      async (target) => {
        const ended = await run('listen', '--account', AUTH_ID, '--forward-to', target);
        expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('machine of your own') });
        expect(ended.stderr).not.toContain('secret');
      },
    );

    it('has nothing signed for the service itself, to which it would be a webhook', async () => {
      const ended = await run(
        'listen',
        '--account',
        AUTH_ID,
        '--forward-to',
        `${service.baseUrl}/plivo/${AUTH_ID}/answer`,
      );
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('another address') });
    });

    it('refuses an account that there is not, and a role that may not', async () => {
      expect((await run('listen', '--account', 'MANOBODYNOBODYNOBODY')).code).toBe(1);
      const { body } = await service.admin<{ token: string }>('POST', '/operators', { name: 'looker', role: 'viewer' });
      const asViewer = { env: { ...asAdmin(), MASKING_TOKEN: body.token } };
      expect((await masking(['listen', '--account', AUTH_ID], asViewer)).stderr).toContain('role_needed');
    });
  });

  describe('demo', () => {
    const account = () => ({ ...asAdmin(), PLIVO_AUTH_ID: AUTH_ID, PLIVO_AUTH_TOKEN: service.authToken });

    it('fills the simulator with a day, through the public API', async () => {
      const ended = await masking(['demo', '--sessions', '3', '--hours', '2', '--seed', '3', '--json'], {
        env: account(),
      });
      expect(ended.code).toBe(0);
      const { sessions, sessions_refused: refused, calls, advanced_seconds: seconds } = JSON.parse(ended.stdout);
      expect(sessions + refused).toBe(3);
      expect(calls).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThanOrEqual(7200);
      expectSilent(ended);
      const { items } = await json<Items>('sessions', 'list', '--limit', String(sessions));
      expect(items.every(({ first_party: party }) => /^\+1415•••01\d\d$/.test(String(party)))).toBe(true);
    });

    it('is refused in production, and without credentials', async () => {
      const production = await masking(['demo'], { env: { ...account(), NODE_ENV: 'production' } });
      expect(production).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('production') });
      expect(await masking(['demo'], { env: asAdmin() })).toMatchObject({ code: 3, stdout: '' });
    });
  });

  describe('ends with', () => {
    it('2 when it is used wrongly, and says how it is used', async () => {
      for (const args of [
        ['nonsense'],
        ['sessions'],
        [],
        ['sessions', 'list', '--limit', 'many'],
        ['sessions', 'get'],
        ['sessions', 'list', '--nonsense'],
      ]) {
        const ended = await run(...args);
        expect([args, ended.code, ended.stdout]).toEqual([args, 2, '']);
        expect(ended.stderr).not.toBe('');
      }
      expect((await run('sessions', 'get', ANA)).stderr).not.toContain(ANA);
    });

    it('3 when no token is to be had, or settings are wrong', async () => {
      const nothing = await masking(['sessions', 'list'], { env: { MASKING_URL: service.baseUrl } });
      expect(nothing).toMatchObject({ code: 3, stderr: expect.stringContaining('MASKING_TOKEN') });
      const wrong = await masking(['operators', 'list'], { env: { ...atDatabase(), PORT: 'many' } });
      expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('PORT') });
      const elsewhere = await masking(['operators', 'list', '--data', join(folder, 'nowhere')], {});
      expect(elsewhere).toMatchObject({ code: 3, stderr: expect.stringContaining('no database') });
      expect(existsSync(join(folder, 'nowhere'))).toBe(false);
    });

    it('4 when the service or the database is not reached', async () => {
      const env = { MASKING_URL: `http://127.0.0.1:${await freePort()}`, MASKING_TOKEN: service.adminToken };
      const away = await masking(['sessions', 'list', '--party', ANA], { env });
      expect(away).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('ECONNREFUSED') });
      expectSilent(away);
      const database = {
        ...atDatabase(),
        DATABASE_URL: `mysql://root:canary-password@127.0.0.1:${await freePort()}/masking`,
      };
      const gone = await masking(['operators', 'list'], { env: database });
      expect(gone).toMatchObject({ code: 4, stdout: '' });
      expect(gone.stderr).not.toContain('canary-password');
    });

    it('1 when it is refused, and repeats no token', async () => {
      const env = { ...asAdmin(), MASKING_TOKEN: 'canary-token-of-nobody' };
      const ended = await masking(['sessions', 'list'], { env });
      expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('401 unauthenticated') });
      expect(ended.stderr).not.toContain('canary-token');
    });
  });
});

describe('what only tells about itself', () => {
  it.each([
    ['--help'],
    ['--version'],
    ['sessions', '--help'],
    ['sessions', 'list', '--help'],
    ['help', 'demo'],
    ['completion', 'bash'],
  ])('%s %s touches nothing', async (...args) => {
    const { path, remove } = await temporaryFolder();
    const ended = await maskingProcess(args, { cwd: path, env: { HOME: path, DATA_DIR: join(path, 'data') } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).not.toBe('');
    expect(readdirSync(path)).toEqual([]);
    await remove();
  });

  it('is small: neither Nest nor a driver is in what is loaded for it', () => {
    const bundle = readFileSync(new URL('../dist/bin/cli.cjs', import.meta.url), 'utf8');
    expect(bundle.length).toBeLessThan(400_000);
    expect(bundle).not.toMatch(/typeorm|nestjs|fastify/i);
  });
});
