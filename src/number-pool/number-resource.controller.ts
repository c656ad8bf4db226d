import { Controller, Get, Param, Query, Req, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccountGuard, narrowed, principalOf } from '../accounts/index.js';
import { listMeta, readList } from '../platform/http/resource-list.js';
import { NUMBER_RESOURCE, READ_NUMBER, ShowNumbers } from './show-numbers.js';
import { Documented } from '../platform/openapi/documented.js';
import { LIST_PARAMETERS, resourcePage, type Schema } from '../platform/openapi/schemas.js';

const FILTERS = ['number_startswith', 'alias', 'subaccount'] as const;
const UNANSWERED = [
  'type',
  'number_type',
  'services',
  'cnam_lookup',
  'tendlc_campaign_id',
  'tendlc_registration_status',
  'toll_free_sms_verification',
  'toll_free_sms_verification_order_status',
  ...['', '__gt', '__gte', '__lt', '__lte'].map((comparison) => `renewal_date${comparison}`),
];

const PARAMETERS: Record<string, Schema> = {
  ...LIST_PARAMETERS,
  number_startswith: { type: 'string', description: 'Digits, country code included.' },
  alias: { type: 'string', description: 'Exact.' },
  subaccount: { type: 'string', description: 'Auth ID of a subaccount.' },
};
const NUMBER_LIST = resourcePage('NumberList', NUMBER_RESOURCE);

/** The pool, in the shape in which Plivo shows an account its numbers. Read only: operators change it through `/admin/numbers`. */
@ApiTags('Numbers')
@Controller('v1/Account/:authId/Number')
@UseGuards(AccountGuard)
export class NumberResourceController {
  constructor(private readonly showNumbers: ShowNumbers) {}

  @Get()
  @Documented({
    summary: 'List the virtual numbers, in the order in which they are lent',
    operationId: 'listNumbers',
    query: PARAMETERS,
    answers: { 200: ['A page of them.', NUMBER_LIST] },
  })
  async list(@Req() request: FastifyRequest, @Query() query: Record<string, unknown>) {
    const principal = principalOf(request);
    const asked = readList(query, FILTERS, UNANSWERED);
    const { number_startswith: startsWith, alias, subaccount } = asked.filters;
    const owner = narrowed(principal, subaccount);
    const { limit, offset } = asked;
    const { total, numbers } = owner
      ? await this.showNumbers.run(owner, { startsWith, alias, limit, offset })
      : { total: 0, numbers: [] };
    const path = `/v1/Account/${principal.subaccountId ?? principal.accountId}/Number/`;
    return { api_id: request.id, ...asked.ignored, meta: listMeta(path, asked, total), objects: numbers };
  }

  @Get(':number')
  @Documented({
    summary: 'Read one virtual number, written with or without plus',
    operationId: 'getNumber',
    answers: { 200: ['The number.', READ_NUMBER] },
  })
  async get(@Req() request: FastifyRequest, @Param('number') number: string) {
    return { api_id: request.id, ...(await this.showNumbers.one(principalOf(request), number)) };
  }
}
