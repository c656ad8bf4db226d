import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Metrics } from '../platform/metrics.js';
import { Readiness, type Checks } from './readiness.js';
import { Documented } from '../platform/openapi/documented.js';
import { integer, object, shape, text, uuid, word } from '../platform/openapi/schemas.js';

const checksSchema = () =>
  object({
    database: word('Of the database.', ['ok', 'unreachable']),
    migrations: word('Of the database.', ['ok', 'pending', 'unknown']),
    draining: word('Of this process.', ['ok', 'draining']),
    workers: word('Whether a process lives that runs jobs; no reason to take the API away.', ['ok', 'none', 'unknown']),
  });
const LIVE = shape<{ status: string }>('Live', () => ({ status: word('Always ok.', ['ok']) }));
const READY = shape<{ status: string; checks: Checks }>('Ready', () => ({
  status: word('Always ok.', ['ok']),
  checks: checksSchema(),
}));
const NOT_READY = shape<
  Record<'type' | 'title' | 'code' | 'detail' | 'request_id', string> & { status: number; checks: Checks }
>('NotReady', () => ({
  type: text('Always `about:blank`.', 'about:blank'),
  title: text('The words of the status.', 'Service Unavailable'),
  status: integer('As in the status line.', 503),
  code: word('Always this.', ['not_ready']),
  detail: text('What is not as it should be.', 'database unreachable'),
  request_id: uuid('Id of the request.'),
  checks: checksSchema(),
}));
const METRICS = {
  type: 'string',
  example: '# HELP masking_ready Whether requests can be served.\n# TYPE masking_ready gauge\nmasking_ready 1\n',
};

@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  /** Touches nothing: a dead database is no reason to restart the process. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  @Documented({
    summary: 'Whether the process lives; touches nothing',
    operationId: 'getLivez',
    answers: { 200: ['It lives.', LIVE] },
  })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
  @Documented({
    summary: 'Whether this process can serve requests',
    operationId: 'getReadyz',
    answers: { 200: ['It can.', READY], 503: ['It cannot, and why.', null, { 'application/problem+json': NOT_READY }] },
  })
  async ready(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const checks = await this.readiness.check();
    const failed = failures(checks);
    if (failed.length === 0) return { status: 'ok', checks };

    void reply.status(503).header('content-type', 'application/problem+json; charset=utf-8').header('retry-after', '1');
    return {
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      code: 'not_ready',
      detail: failed.join(', '),
      request_id: request.id,
      checks,
    };
  }

  @Get('metrics')
  @Documented({
    summary: 'Figures of this process, as Prometheus reads them',
    operationId: 'getMetrics',
    answers: { 200: ['Text.', null, { 'text/plain': METRICS }] },
  })
  async prometheus(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { registry } = this.metrics;
    void reply.header('content-type', registry.contentType);
    return registry.metrics();
  }
}

function failures(checks: Checks): string[] {
  return Object.entries(checks).flatMap(([name, state]) => {
    if (state === 'ok' || name === 'workers') return [];
    return name === state ? [state] : [`${name} ${state}`];
  });
}
