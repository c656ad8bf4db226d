import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { describeOnEachDatabase, type TestDatabase } from '../../test/support/database.js';
import { Examination, proofOf, type CheckResult } from '../doctor/index.js';
import { Database } from '../platform/database/database.js';
import { createHttpAdapter } from '../platform/http/http-edge.js';
import { createLogger } from '../platform/logging/logger.js';
import { Metrics } from '../platform/metrics.js';
import { Processes } from '../platform/processes/processes.js';
import { PROCESS_ID } from '../platform/this-process.js';
import { Draining, HealthModule } from './index.js';
import { Readiness } from './readiness.js';

let worker: boolean | null = true;
const watched: CheckResult[] = [
  {
    name: 'public-url',
    verdict: 'failed',
    found: 'https://x.example',
    reason: 'Plivo calls it.',
    remedy: 'Correct it.',
  },
];
let databaseAwaySince: number | null = null;
const processes = {
  hasWorker: () => worker,
  get databaseAwaySince() {
    return databaseAwaySince;
  },
} as Processes;

@Global()
@Module({})
class Ground {
  static with(database: Database): DynamicModule {
    return {
      module: Ground,
      providers: [
        { provide: Database, useValue: database },
        { provide: Processes, useValue: processes },
        { provide: Examination, useValue: { lastWatched: watched } },
        Metrics,
      ],
      exports: [Database, Processes, Examination, Metrics],
    };
  }
}

@Module({})
class Root {
  static with(database: Database): DynamicModule {
    return { module: Root, imports: [Ground.with(database), HealthModule] };
  }
}

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

const lines: Record<string, unknown>[] = [];

async function start(database: Database): Promise<NestFastifyApplication> {
  const log = createLogger(
    { level: 'info', format: 'json' },
    { write: (line: string) => void lines.push(JSON.parse(line)) },
  );
  const app = await NestFactory.create<NestFastifyApplication>(Root.with(database), createHttpAdapter(log), {
    bodyParser: false,
    logger: false,
  });
  await app.listen(0, '127.0.0.1');
  return app;
}

async function get(app: NestFastifyApplication, path: string): Promise<Answer> {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

describeOnEachDatabase('the probes', (open) => {
  let test: TestDatabase;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    test = await open();
    app = await start(test.database);
  });
  afterAll(() => app.close());

  it('say that the process is alive', async () => {
    const answer = await get(app, '/livez');
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status: 'ok' }]);
  });

  it('prove which process answers, to who asks with a question of its own', async () => {
    const question = '0123456789abcdef';
    const answer = await get(app, `/livez?prove=${question}`);
    expect(JSON.parse(answer.body)).toEqual({ status: 'ok', proof: proofOf(PROCESS_ID, question) });
    expect(answer.body).not.toContain(PROCESS_ID);
    for (const odd of ['short', '<script>alert</script>', '0'.repeat(65), ''])
      expect(JSON.parse((await get(app, `/livez?prove=${encodeURIComponent(odd)}`)).body)).toEqual({ status: 'ok' });
  });

  it('say with verbose what goes on around, which takes nothing away, and name no place', async () => {
    const answer = await get(app, '/readyz?verbose');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body).found).toEqual([
      { name: 'public-url', verdict: 'failed', reason: 'Plivo calls it.' },
    ]);
    expect(answer.body).not.toContain('x.example');
  });

  it('say with verbose since when database and Plivo are away, of Plivo without whose account, and stay ready', async () => {
    const away = async (): Promise<unknown> => {
      const answer = await get(app, '/readyz?verbose');
      expect([answer.status, answer.body.includes('MAX')]).toEqual([200, false]);
      return JSON.parse(answer.body).away;
    };
    expect(await away()).toEqual({ database: null, plivo: null });
    const outage = 'INSERT INTO plivo_outage (plivo_auth_id, account_id, since) VALUES (?, ?, ?)';
    const at = Date.parse('2026-11-29T12:00:00Z');
    for (const [id, account, since] of [
      ['MAXLATER', 'MAXLATER', at + 1000],
      ['MAXFIRST', 'MAXFIRST', at],
      ['MAXGONE', null, at - 1000],
    ])
      await test.dataSource.query(outage, [id, account, since]);
    databaseAwaySince = at;
    const since = '2026-11-29T12:00:00.000Z';
    expect(await away()).toEqual({ database: since, plivo: since });
    databaseAwaySince = null;
    await test.dataSource.query('DELETE FROM plivo_outage');
    expect(await away()).toEqual({ database: null, plivo: null });
  });

  it('say that it is ready', async () => {
    const answer = await get(app, '/readyz');
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      200,
      { status: 'ok', checks: { database: 'ok', migrations: 'ok', storage: 'ok', draining: 'ok', workers: 'ok' } },
    ]);
  });

  it('say that a migration is missing until it was run', async () => {
    const readiness = new Readiness(test.database, new Draining(), processes);
    const [last] = await test.dataSource.query('SELECT timestamp, name FROM migration ORDER BY name DESC LIMIT 1');
    await test.dataSource.query('DELETE FROM migration WHERE name = ?', [last.name]);
    expect(await readiness.check()).toEqual({
      database: 'ok',
      migrations: 'pending',
      storage: 'ok',
      draining: 'ok',
      workers: 'ok',
    });

    await test.dataSource.query('INSERT INTO migration (timestamp, name) VALUES (?, ?)', [last.timestamp, last.name]);
    expect(await readiness.check()).toEqual({
      database: 'ok',
      migrations: 'ok',
      storage: 'ok',
      draining: 'ok',
      workers: 'ok',
    });
  });

  it.each([
    [false, 'none'],
    [null, 'unknown'],
  ] as const)('say that nobody runs jobs (%s), which takes no API away', async (known, workers) => {
    worker = known;
    const answer = await get(app, '/readyz');
    worker = true;
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { status: 'ok', checks: { workers } }]);
  });

  it('give Prometheus its text', async () => {
    const answer = await get(app, '/metrics');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.body).toMatch(/^masking_build_info\{version="\d+\.\d+\.\d+",commit="unknown",node="v\d+[^"]*"\} 1$/m);
    expect(answer.body).toContain('process_cpu_seconds_total');
  });

  it('write no line at info', () => {
    expect(lines).toEqual([]);
  });

  it('say that the process is leaving, as a problem', async () => {
    app.get(Draining).start();
    const answer = await get(app, '/readyz');

    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(answer.body)).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      code: 'not_ready',
      detail: 'draining',
      request_id: answer.headers.get('x-request-id'),
      checks: { database: 'ok', migrations: 'ok', storage: 'ok', draining: 'draining', workers: 'ok' },
    });
    expect((await get(app, '/livez')).status).toBe(200);
  });
});

describe('readiness without a database', () => {
  const failing = (read: () => Promise<never>): Database => ({ read }) as unknown as Database;

  it('is denied when the database refuses', async () => {
    const readiness = new Readiness(
      failing(() => Promise.reject(new Error('connection refused'))),
      new Draining(),
      processes,
    );
    expect(await readiness.check()).toEqual({
      database: 'unreachable',
      migrations: 'unknown',
      storage: 'unknown',
      draining: 'ok',
      workers: 'ok',
    });
  });

  it('is denied while the database takes no writes, though it answers', async () => {
    const room = { look: async () => 'read-only' };
    const read = async () => [];
    const dataSource = { migrations: [] };
    const readiness = new Readiness({ read, room, dataSource } as unknown as Database, new Draining(), processes);
    expect(await readiness.check()).toMatchObject({ database: 'ok', storage: 'read-only' });
  });

  it('is denied after a second when the database hangs, with one question open however many ask', async () => {
    jest.useFakeTimers();
    try {
      let questions = 0;
      const database = failing(() => {
        questions++;
        return new Promise<never>(() => undefined);
      });
      const readiness = new Readiness(database, new Draining(), processes);
      const answers = Promise.all([readiness.check(), readiness.check(), readiness.check()]);
      let isAnswered = false;
      void answers.then(() => (isAnswered = true));

      await jest.advanceTimersByTimeAsync(999);
      expect(isAnswered).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect((await answers).map((checks) => checks.database)).toEqual(['unreachable', 'unreachable', 'unreachable']);
      expect(questions).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });

  it('leaves the process alive', async () => {
    const app = await start(failing(() => Promise.reject(new Error('connection refused'))));
    expect((await get(app, '/livez')).status).toBe(200);
    const ready = await get(app, '/readyz');
    expect([ready.status, JSON.parse(ready.body).detail]).toEqual([503, 'database unreachable, migrations unknown']);
    await app.close();
  });
});
