import { Controller, HttpCode, Post, Query, Req, UseGuards, UsePipes } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CompareInvoice } from '../../billing-stats/index.js';
import { Database } from '../../platform/database/database.js';
import { InvalidRequest } from '../../platform/errors.js';
import { StreamedBody } from '../../platform/http/body-parsers.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { InvoiceQuery, shownComparison } from './invoices.dto.js';

/** Plivo's bill beside what is known here. */
@Controller('admin/invoices')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class InvoicesController {
  constructor(
    private readonly compareInvoice: CompareInvoice,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  /** The file is read as it comes, up to 100 MiB; nothing of it is kept. One at a time in each process, otherwise 409. */
  @Post('compare')
  @HttpCode(200)
  @ApiOperation({
    summary:
      "Compare Plivo's call log of a month (`text/csv`, as its console exports it) with the legs known here: missing here, missing there, different, twice in the file",
    operationId: 'compareInvoice',
  })
  @ApiConsumes('text/csv')
  @ApiBody({ required: true, schema: { type: 'string' } })
  @MayAsk('finance')
  async compare(@Query() query: InvoiceQuery, @Req() request: FastifyRequest) {
    const { body } = request;
    if (!(body instanceof StreamedBody))
      throw new InvalidRequest("expected Plivo's call log of the month as a body of type text/csv");
    const { account, month, time_zone: zone } = query;
    const found = await this.compareInvoice.run({ accountId: account, month, zone }, body);
    const answer = shownComparison(found, query);
    const details = { month, time_zone: zone.name, legs: found.there.legs, difference: answer.difference.amount };
    const write = { action: 'invoice.compared', target: account, details };
    await this.database.transaction((tx) => this.audit.record(tx, write, request));
    return answer;
  }
}
