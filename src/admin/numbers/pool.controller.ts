import { Body, Controller, Get, Post, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  FollowListing,
  TellListingNews,
  type ListingNews,
  ImportNumbers,
  PoolFigures,
  ReadListing,
  readNumberRows,
  type PoolFigure,
} from '../../number-pool/index.js';
import { InvalidRequest } from '../../platform/errors.js';
import { Idempotency } from '../../platform/http/idempotency.js';
import { MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { OneAccountQuery, PoolQuery } from './numbers.dto.js';

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
  async figures(
    @Query() { account }: PoolQuery,
  ): Promise<{ items: PoolFigure[]; next_cursor: null; as_of: string | null }> {
    const { items, as_of } = await this.poolFigures.run({ accountId: account });
    return { items, next_cursor: null, as_of };
  }

  @Post('numbers/import')
  @MayAsk('admin')
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
