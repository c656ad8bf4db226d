import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Metrics } from '../platform/metrics.js';
import { Readiness, type Checks } from './readiness.js';

@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  /** Touches nothing: a dead database is no reason to restart the process. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
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
