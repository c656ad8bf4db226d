import { Controller, Get, Param, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Idempotency } from '../../platform/http/idempotency.js';
import { Jobs } from '../../platform/jobs/jobs.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { JOB, JOBS_PAGE, JobsQuery, RETRIED_JOB, shownJob } from './jobs.dto.js';
import { pageOf, startOf } from '../page.dto.js';
import { UUID } from '../values.dto.js';
import { Documented } from '../../platform/openapi/documented.js';
import { Conflict, NotFound } from '../../platform/errors.js';

/** Durable work: what waits, runs, or was parked because it kept failing. */
@Controller('admin/jobs')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class JobsController {
  constructor(
    private readonly jobs: Jobs,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  /** Newest first. */
  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Durable work: what waits, runs, or was parked because it kept failing; newest first',
    operationId: 'listJobs',
    answers: { 200: ['A page of it.', JOBS_PAGE] },
  })
  async list(@Query() query: JobsQuery) {
    const { status, limit } = query;
    const cursor = startOf(query, 'jobs', UUID);
    const search = { limit: limit + 1, ...(status && { state: status }), ...(cursor !== '' && { cursor }) };
    return pageOf(await this.jobs.list(search), query, { list: 'jobs', keyOf: ({ id }) => id, show: shownJob });
  }

  @Get(':id')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'One job',
    operationId: 'getJob',
    answers: { 200: ['The job; what is done is not kept.', JOB] },
  })
  async one(@Param('id') id: string) {
    const job = await this.jobs.find(id.toLowerCase());
    if (job === null) throw new NotFound('no such job: it is done, or was given up more than 30 days ago');
    return shownJob(job);
  }

  /** Due now, with all its attempts before it; 409 while it runs. */
  @Post(':id/retry')
  @MayAsk('support')
  @Documented({
    summary: 'Do a job now, with all its attempts before it',
    operationId: 'retryJob',
    answers: { 202: ['It is due.', RETRIED_JOB] },
    refusals: [Conflict],
  })
  async retry(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      await this.jobs.retry(tx, id.toLowerCase());
      await this.audit.record(tx, { action: 'job.retried', target: id.toLowerCase() }, request);
      return { status: 202, body: { id: id.toLowerCase(), status: 'waiting' } };
    });
    reply.status(answer.status);
    return answer.body;
  }
}
