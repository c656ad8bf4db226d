import type { Readable } from 'node:stream';
import { Controller, Get, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadStats, Recount, type StatsQuestion } from '../../billing-stats/index.js';
import { Clock, DAY_MS, HOUR_MS } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { Log } from '../../platform/logging/logger.js';
import { KnowsAccounts, MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { csvOf, isCsvWanted } from '../csv.js';
import { pageOf, startOf } from '../page.dto.js';
import { isoText } from '../values.dto.js';
import {
  RECOUNT,
  RecountQuery,
  RECOUNT_STARTED,
  shownRecount,
  shownStats,
  STATS_COLUMNS,
  STATS_CSV,
  STATS_PAGE,
  StatsQuery,
} from './stats.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

const DEFAULT_SPAN_MS = 30 * DAY_MS;
/** Each day of them is looked at for a change of clocks. */
const MOST_ZONED_MS = 3660 * DAY_MS;

/** What calls came to, by up to three of time, number, session, account, country, subaccount and direction. */
@Controller('admin/stats')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class StatsController {
  constructor(
    private readonly stats: ReadStats,
    private readonly recount: Recount,
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @KnowsAccounts()
  @ShowsVirtualNumbers('key', 'number')
  @Documented({
    summary: 'What calls came to, by one to three of time, number, session, account, country, subaccount and direction',
    operationId: 'getStats',
    description:
      'JSON comes page by page where number, session or several keys are asked for. CSV (`format=csv`, or `Accept: text/csv`) is whole, and audited.',
    answers: { 200: ['Figures.', STATS_PAGE, { 'text/csv': STATS_CSV }] },
    refusals: [NotFound],
  })
  async show(
    @Query() query: StatsQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const question = this.questionOf(query);
    if (isCsvWanted(query.format, request)) return this.csv(question, request, reply);
    if (!isPaged(question)) return { items: (await this.stats.run(question)).map(shownStats), next_cursor: null };
    const found = await this.stats.run(question, {
      after: startOf(query, 'stats', keysOf(question)),
      limit: query.limit + 1,
    });
    return pageOf(found, query, { list: 'stats', keyOf: ({ key }) => key, show: shownStats });
  }

  /** Starts a recount, which reports differences and, with `repair=true`, removes them. One is started daily anyway. */
  @Post('recount')
  @MayAsk('admin')
  @Documented({
    summary: 'Count all calls anew, and report or remove differences',
    operationId: 'startRecount',
    description: 'One is started daily anyway.',
    answers: { 202: ['It is begun.', RECOUNT_STARTED] },
  })
  async startRecount(
    @Query() { repair }: RecountQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const isRepair = repair === 'true';
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      await this.recount.enqueue(tx, isRepair);
      const write: AuditedWrite = { action: 'stats.recount-started', target: 'stats', details: { repair: isRepair } };
      await this.audit.record(tx, write, request);
      return { status: 202, body: { queued: true, repair: isRepair } };
    });
    await reply.status(answer.status).send(answer.body);
  }

  /** What the last recount found; null before the first. */
  @Get('recount')
  @MayAsk('viewer', 'support', 'finance')
  @Documented({
    summary: 'What the last recount found',
    operationId: 'getRecount',
    answers: { 200: ['Null before the first.', RECOUNT] },
  })
  async lastRecount() {
    return { last: shownRecount(await this.recount.last()) };
  }

  private async csv(question: StatsQuestion, request: FastifyRequest, reply: FastifyReply): Promise<Readable> {
    const { groupBy, accountId, from, to, zone } = question;
    const rows = async function* (stats: ReadStats) {
      for await (const page of stats.pages(question)) yield page.map(shownStats) as Record<string, string | number>[];
    };
    const csv = await csvOf(
      { columns: ['key', ...groupBy, ...STATS_COLUMNS], pages: rows(this.stats) },
      request,
      reply,
      this.log,
    );
    const details = { account: accountId ?? null, group_by: groupBy.join(), time_zone: zone.name };
    const span = { from: isoText(from), to: isoText(to) };
    const write: AuditedWrite = { action: 'stats.exported', target: 'stats', details: { ...details, ...span } };
    await this.database.transaction((tx) => this.audit.record(tx, write, request));
    return csv;
  }

  private questionOf({ account, from, to, group_by: groupBy, time_zone: zone }: StatsQuery): StatsQuestion {
    const now = this.clock.now();
    const end = to ?? zone.hourOf(now) + HOUR_MS;
    const start = from ?? end - DEFAULT_SPAN_MS;
    if (start >= end) throw new InvalidRequest('from must be before to', { param: 'from' });
    if (!zone.isUtc && end - start > MOST_ZONED_MS)
      throw new InvalidRequest('from and to must be at most ten years apart where time_zone is given', {
        param: 'from',
      });
    return { accountId: account, from: start, to: end, groupBy, zone };
  }
}

/** Lists of these have an end of their own. */
/** What `key` of an item looks like: a value for each of what was asked for. */
function keysOf({ groupBy }: StatsQuestion): RegExp {
  return new RegExp(`^[^/]+(?:/[^/]+){${groupBy.length - 1}}$`);
}

function isPaged({ groupBy }: StatsQuestion): boolean {
  return groupBy.length > 1 || groupBy.includes('number') || groupBy.includes('session');
}
