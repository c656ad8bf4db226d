import { Controller, Get, Header, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CHECK_NAMES, Examination, proofOf, VERDICTS, type CheckResult } from '../doctor/index.js';
import { Metrics } from '../platform/metrics.js';
import { PROCESS_ID } from '../platform/this-process.js';
import { Readiness, type Away, type Checks } from './readiness.js';
import { Documented } from '../platform/openapi/documented.js';
import {
  instant,
  integer,
  listOf,
  object,
  optional,
  orNull,
  shape,
  text,
  uuid,
  word,
} from '../platform/openapi/schemas.js';

const checksSchema = () =>
  object({
    database: word('Of the database.', ['ok', 'unreachable']),
    migrations: word('Of the database.', ['ok', 'pending', 'unknown']),
    storage: word('Whether the database takes what is written.', ['ok', 'full', 'read-only', 'unknown']),
    draining: word('Of this process.', ['ok', 'draining']),
    workers: word('Whether a process lives that runs jobs; no reason to take the API away.', ['ok', 'none', 'unknown']),
  });
const foundSchema = () =>
  listOf(
    object({
      name: word('Which check; docs/doctor.md explains each.', CHECK_NAMES),
      verdict: word('skipped: it could not be looked at.', [...VERDICTS]),
      reason: orNull(text('Why that matters; null where nothing is wrong.', 'Plivo calls every URL below it.')),
    }),
    'With verbose alone: what goes on around this process, looked at every ten minutes. None of it makes the answer 503.',
  );
const awaySchema = () =>
  object(
    {
      database: orNull(instant('Since when this process has written nothing to the database.')),
      plivo: orNull(instant('Since when Plivo has answered nothing for some account, by any process.')),
    },
    'With verbose alone: what is away, each null while it is there. That Plivo is away makes the answer no 503: calls go on.',
  );
const LIVE = shape<Live>('Live', () => ({
  status: word('Always ok.', ['ok']),
  proof: optional(text('With prove alone: what only this process makes of it.', 'dGhpcyBwcm9jZXNz')),
}));
const READY = shape<{ status: string; checks: Checks; found?: Found[]; away?: AwayText }>('Ready', () => ({
  status: word('Always ok.', ['ok']),
  checks: checksSchema(),
  found: optional(foundSchema()),
  away: optional(awaySchema()),
}));
const NOT_READY = shape<
  Record<'type' | 'title' | 'code' | 'detail' | 'request_id', string> & {
    status: number;
    checks: Checks;
    found?: Found[];
    away?: AwayText;
  }
>('NotReady', () => ({
  type: text('Always `about:blank`.', 'about:blank'),
  title: text('The words of the status.', 'Service Unavailable'),
  status: integer('As in the status line.', 503),
  code: word('Always this.', ['not_ready']),
  detail: text('What is not as it should be.', 'database unreachable'),
  request_id: uuid('Id of the request.'),
  checks: checksSchema(),
  found: optional(foundSchema()),
  away: optional(awaySchema()),
}));
const METRICS = {
  type: 'string',
  example:
    '# HELP masking_draining Whether this process has been told to stop.\n# TYPE masking_draining gauge\nmasking_draining 0\n',
};

/** Letters and digits of whoever asks. */
const QUESTION = /^[A-Za-z0-9]{8,64}$/;

interface Live {
  status: 'ok';
  proof?: string;
}

type AwayText = Record<keyof Away, string | null>;
type Found = Pick<CheckResult, 'name' | 'verdict' | 'reason'>;

@Controller()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly examination: Examination,
  ) {}

  /** Touches nothing: a dead database is no reason to restart the process. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  @Documented({
    summary: 'Whether the process lives; touches nothing',
    operationId: 'getLivez',
    query: {
      prove: {
        type: 'string',
        pattern: QUESTION.source,
        description:
          'A question of your own: the answer shows to who reads the same database which process has made it.',
        example: '0123456789abcdef',
      },
    },
    answers: { 200: ['It lives.', LIVE] },
  })
  live(@Query('prove') question: unknown): Live {
    const isQuestion = typeof question === 'string' && QUESTION.test(question);
    return { status: 'ok', ...(isQuestion && { proof: proofOf(PROCESS_ID, question) }) };
  }

  @Get('readyz')
  @Header('cache-control', 'no-store')
  @Documented({
    summary: 'Whether this process can serve requests',
    operationId: 'getReadyz',
    query: {
      verbose: { type: 'string', description: 'Says `found` and `away` too; its value means nothing.', example: '' },
    },
    answers: { 200: ['It can.', READY], 503: ['It cannot, and why.', null, { 'application/problem+json': NOT_READY }] },
  })
  async ready(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query('verbose') verbose?: unknown,
  ): Promise<unknown> {
    const checks = await this.readiness.check();
    const failed = failures(checks);
    const found = verbose === undefined ? {} : { found: this.found(), away: this.away() };
    if (failed.length === 0) return { status: 'ok', checks, ...found };

    void reply.status(503).header('content-type', 'application/problem+json; charset=utf-8').header('retry-after', '1');
    return {
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      code: 'not_ready',
      detail: failed.join(', '),
      request_id: request.id,
      checks,
      ...found,
    };
  }

  /** Without what names places and accounts: anybody may ask. */
  private found(): Found[] {
    return this.examination.lastWatched.map(({ name, verdict, reason }) => ({ name, verdict, reason }));
  }

  private away(): AwayText {
    const { database, plivo } = this.readiness.away;
    return { database: isoOrNull(database), plivo: isoOrNull(plivo) };
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

function isoOrNull(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function failures(checks: Checks): string[] {
  return Object.entries(checks).flatMap(([name, state]) => {
    if (state === 'ok' || name === 'workers' || (name === 'storage' && state === 'unknown')) return [];
    return name === state ? [state] : [`${name} ${state}`];
  });
}
