import { Controller, HttpCode, Post, Query, Req, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CompareInvoice } from '../../billing-stats/index.js';
import { Database } from '../../platform/database/database.js';
import { Conflict, InvalidRequest, NotFound } from '../../platform/errors.js';
import { StreamedBody } from '../../platform/http/body-parsers.js';
import { Documented } from '../../platform/openapi/documented.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit, type AuditedWrite } from '../audit/audit.js';
import { CALL_LOG, COMPARISON, InvoiceQuery, shownComparison } from './invoices.dto.js';

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

  @Post('compare')
  @HttpCode(200)
  @MayAsk('finance')
  @Documented({
    summary: "Compare Plivo's call log or message log of a month with the legs known here",
    operationId: 'compareInvoice',
    description:
      'The log is sent as `text/csv`, as the console of Plivo exports it. It is read as it comes, up to 100 MiB; nothing of it is kept. One at a time in each process, otherwise 409. Of each kind of difference the first 1,000 legs are named.',
    body: { 'text/csv': CALL_LOG },
    answers: { 200: ['What is missing here, missing there, different, and twice in the file.', COMPARISON] },
    refusals: [NotFound, Conflict],
    isRead: true,
  })
  async compare(@Query() query: InvoiceQuery, @Req() request: FastifyRequest) {
    const { body } = request;
    if (!(body instanceof StreamedBody))
      throw new InvalidRequest("expected Plivo's call log or message log of the month as a body of type text/csv");
    const { account, month, time_zone: zone } = query;
    const found = await this.compareInvoice.run({ accountId: account, month, zone }, body);
    const answer = shownComparison(found, query);
    const details = {
      kind: found.kind,
      month,
      time_zone: zone.name,
      legs: found.there.legs,
      difference: answer.difference.amount,
    };
    const write: AuditedWrite = { action: 'invoice.compared', target: account, details };
    await this.database.transaction((tx) => this.audit.record(tx, write, request));
    return answer;
  }
}
