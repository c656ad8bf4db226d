import { Controller, Delete, Get, HttpCode, Param, Query, Req, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { FindOptOuts, NoteOptOuts } from '../../texts/index.js';
import { Database } from '../../platform/database/database.js';
import { InvalidRequest, NotFound } from '../../platform/errors.js';
import { Documented } from '../../platform/openapi/documented.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { keyOfPlace, placeBefore } from '../newest-first.dto.js';
import { pageOf } from '../page.dto.js';
import { ReadNumber } from '../reading/read-number.js';
import { ReadParty } from '../reading/read-party.js';
import { OPT_OUT, OPT_OUTS_PAGE, OptOutsQuery, shownOptOut } from './opt-outs.dto.js';

/** Who has asked not to be written to from which number. */
@Controller('admin/opt-outs')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class OptOutsController {
  constructor(
    private readonly findOptOuts: FindOptOuts,
    private readonly noteOptOuts: NoteOptOuts,
    private readonly readNumber: ReadNumber,
    private readonly readParty: ReadParty,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  @Get()
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'Who wants no texts from which number, newest first',
    operationId: 'listOptOuts',
    description: 'People are not named: their numbers are kept nowhere. `party` looks for one, in an `account`.',
    answers: { 200: ['A page of them.', OPT_OUTS_PAGE] },
  })
  async list(@Query() query: OptOutsQuery) {
    const { account: accountId, limit } = query;
    if (query.party !== undefined && accountId === undefined)
      throw new InvalidRequest('party: expected an account beside it', { param: 'account' });
    const party = await this.readParty.run(query.party, accountId);
    const virtualNumber = await this.readNumber.run('virtual_number', query.virtual_number, accountId);
    const asked = { accountId, party, virtualNumber, before: placeBefore(query, 'opt-outs'), limit: limit + 1 };
    const found = await this.findOptOuts.run(asked);
    return pageOf(found, query, {
      list: 'opt-outs',
      keyOf: ({ createdAt, id }) => keyOfPlace({ at: createdAt, id }),
      show: shownOptOut,
    });
  }

  @Get(':id')
  @MayAsk('viewer', 'support')
  @Documented({
    summary: 'One of them; 404 once they have texted START',
    operationId: 'getOptOut',
    answers: { 200: ['The entry.', OPT_OUT] },
    refusals: [NotFound],
  })
  async one(@Param('id') id: string) {
    return shownOptOut(await this.findOptOuts.one(id.toLowerCase()));
  }

  @Delete(':id')
  @HttpCode(204)
  @MayAsk('admin')
  @Documented({
    summary: 'Write to somebody again who had asked not to be written to',
    operationId: 'removeOptOut',
    description:
      'Only where they have asked for it by another way. What Plivo blocks stays blocked until they text START: its next refusal brings the entry back.',
    answers: { 204: ['It is gone.'] },
    refusals: [NotFound],
  })
  async remove(@Param('id') id: string, @Req() request: FastifyRequest): Promise<void> {
    const entry = id.toLowerCase();
    await this.database.transaction(async (tx) => {
      const { accountId, virtualNumber } = await this.noteOptOuts.remove(tx, entry);
      const details = { account: accountId, virtual_number: virtualNumber };
      await this.audit.record(tx, { action: 'opt-out.removed', target: entry, details }, request);
    });
  }
}
