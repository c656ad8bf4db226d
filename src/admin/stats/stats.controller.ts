import { Readable } from 'node:stream';
import { Controller, Get, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadStats, Recount, type StatsQuestion } from '../../billing-stats/index.js';
import { Clock, HOUR_MS } from '../../platform/clock.js';
import { InvalidRequest } from '../../platform/errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { pageOf, startOf } from '../page.dto.js';
import { statsCsv } from './stats-csv.js';
import { RecountQuery, shownRecount, shownStats, StatsQuery } from './stats.dto.js';

const DEFAULT_SPAN_MS = 30 * 86_400_000;
/** Lists of these have an end of their own. */
const PAGED = new Set(['number', 'session']);

/** What calls came to, by time, number, session, account or country. */
@Controller('admin/stats')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class StatsController {
  constructor(
    private readonly stats: ReadStats,
    private readonly recount: Recount,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
    private readonly clock: Clock,
  ) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @ShowsVirtualNumbers('key')
  async show(
    @Query() query: StatsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const question = this.questionOf(query);
    if (isCsvWanted(query, request)) return this.csv(question, reply);
    if (!PAGED.has(question.groupBy)) {
      return { items: (await this.stats.run(question)).map(shownStats), next_cursor: null };
    }
    const found = await this.stats.run(question, { after: startOf(query), limit: query.limit + 1 });
    return pageOf(found, query, { keyOf: ({ key }) => key, show: shownStats });
  }

  /** Starts a recount, which reports differences and, with `repair=true`, removes them. One is started daily anyway. */
  @Post('recount')
  @MayAsk('admin')
  async startRecount(
    @Query() { repair }: RecountQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const isRepair = repair === 'true';
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      await this.recount.enqueue(tx, isRepair);
      const write = { action: 'stats.recount-started', target: 'stats', details: { repair: isRepair } };
      await this.audit.record(tx, write, request);
      return { status: 202, body: { queued: true, repair: isRepair } };
    });
    await reply.status(answer.status).send(answer.body);
  }

  /** What the last recount found; null before the first. */
  @Get('recount')
  @MayAsk('viewer', 'support', 'finance')
  async lastRecount() {
    return { last: shownRecount(await this.recount.last()) };
  }

  private async csv(question: StatsQuestion, reply: FastifyReply): Promise<Readable> {
    const pages = this.stats.pages(question);
    // What is refused, such as an unknown account, is refused before the first byte.
    const first = await pages.next();
    void reply.header('content-type', 'text/csv; charset=utf-8').header('cache-control', 'no-store');
    return Readable.from(statsCsv(followedBy(first, pages)), { objectMode: false, highWaterMark: 64 * 1024 });
  }

  private questionOf({ account, from, to, group_by: groupBy }: StatsQuery): StatsQuestion {
    const now = this.clock.now();
    const end = to ?? now - (now % HOUR_MS) + HOUR_MS;
    const start = from ?? end - DEFAULT_SPAN_MS;
    if (start >= end) throw new InvalidRequest('from must be before to', { param: 'from' });
    return { accountId: account, from: start, to: end, groupBy };
  }
}

function isCsvWanted({ format }: StatsQuery, { headers: { accept = '' } }: FastifyRequest): boolean {
  if (format !== undefined) return format === 'csv';
  return accept.includes('text/csv') && !accept.includes('application/json');
}

async function* followedBy<Page>(
  first: IteratorResult<Page, unknown>,
  rest: AsyncGenerator<Page>,
): AsyncGenerator<Page> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
