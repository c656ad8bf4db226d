import { Body, Controller, Get, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  FollowListing,
  TellListingNews,
  type ListingNews,
  ImportNumbers,
  ImportRefused,
  ListingRefused,
  PoolFigures,
  ReadListing,
  readNumberRows,
  type PoolFigure,
} from '../../number-pool/index.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import { ProviderBusy, ProviderRefused, ProviderUnavailable } from '../../plivo/index.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { IMPORTED, OneAccountQuery, POOL_FIGURES, PoolQuery, SYNCED } from './numbers.dto.js';
import { Documented } from '../../platform/openapi/documented.js';

const CSV_BODY = {
  type: 'string',
  description: 'With the header `number,subaccount,alias`; at most 2 MiB.',
  example: 'number,subaccount,alias\n+14155550100,,support line\n',
};

/** The pool as a whole: its figures, and what changes many numbers at once. */
@Controller('admin')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class PoolController {
  constructor(
    private readonly poolFigures: PoolFigures,
    private readonly importNumbers: ImportNumbers,
    private readonly readListing: ReadListing,
    private readonly followListing: FollowListing,
    private readonly tellNews: TellListingNews,
    private readonly idempotency: Idempotency,
    private readonly audit: Audit,
  ) {}

  @Get('pool')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'How large each pool is, and how large its live sessions want it to be',
    operationId: 'getPool',
    answers: { 200: ['One item a country and owner.', POOL_FIGURES] },
    refusals: [NotFound],
  })
  async figures(
    @Query() { account }: PoolQuery,
  ): Promise<{ items: PoolFigure[]; next_cursor: null; as_of: string | null }> {
    const { items, as_of } = await this.poolFigures.run({ accountId: account });
    return { items, next_cursor: null, as_of };
  }

  @Post('numbers/import')
  @MayAsk('admin')
  @Documented({
    summary: 'Put many numbers into the pool: all rows or none',
    operationId: 'importNumbers',
    body: { 'text/csv': CSV_BODY },
    answers: { 200: ['How many were new.', IMPORTED] },
    refusals: [ImportRefused, NotFound],
  })
  async import(
    @Query() { account }: OneAccountQuery,
    @Body() csv: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    if (typeof csv !== 'string') throw new InvalidRequest('expected a body of type text/csv');
    const rows = readNumberRows(csv);
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const result = await this.importNumbers.run(tx, { accountId: account, rows });
      await this.audit.record(tx, { action: 'numbers.imported', target: account, details: result }, request);
      return { status: 200, body: result };
    });
    reply.status(answer.status);
    return answer.body;
  }

  @Post('numbers/sync')
  @MayAsk('admin')
  @ShowsVirtualNumbers('missing')
  @Documented({
    summary: "Follow Plivo's list of the account's numbers",
    operationId: 'syncNumbers',
    answers: { 200: ['What it changed.', SYNCED] },
    refusals: [NotFound, ProviderRefused, ListingRefused, ProviderUnavailable, ProviderBusy],
  })
  async sync(
    @Query() { account }: OneAccountQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    // Read before the key is looked at, because nothing slow may stand inside a transaction; a repetition asks Plivo in vain.
    const listing = await this.readListing.run(account);
    let news: ListingNews | null = null as ListingNews | null;
    const answer = await this.idempotency.once(request, 'admin', async (tx) => {
      const followed = await this.followListing.run(tx, { accountId: account, listing });
      const { result } = followed;
      news = followed.news;
      const details = { added: result.added, updated: result.updated, missing: result.missing.length };
      await this.audit.record(tx, { action: 'numbers.synced', target: account, details }, request);
      return { status: 200, body: result };
    });
    if (news) this.tellNews.run(account, news);
    reply.status(answer.status);
    return answer.body;
  }
}
