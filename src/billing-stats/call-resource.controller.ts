import { Controller, Get, Param, Query, Req, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccountGuard, narrowed, principalOf, type Owner } from '../accounts/index.js';
import { FindLeg, ListLegs } from '../call-routing/index.js';
import { readTimeRange, timeFilters, timeParameters } from '../sessions/index.js';
import { Clock } from '../platform/clock.js';
import { InvalidParameter, NotFound } from '../platform/errors.js';
import { listMeta, readList } from '../platform/http/resource-list.js';
import { CALL_RESOURCE, callResource, READ_CALL } from './call-resource.js';
import { Documented } from '../platform/openapi/documented.js';
import { LIST_PARAMETERS, resourcePage, type Schema } from '../platform/openapi/schemas.js';

const FILTERS = ['parent_call_uuid', 'call_direction', 'subaccount', 'status', ...timeFilters('end_time')] as const;
/** Numbers of parties are kept sealed; the rest nobody has asked for. */
const UNANSWERED = ['from_number', 'to_number', 'hangup_cause_code', 'hangup_source', ...timeFilters('bill_duration')];

const PARAMETERS: Record<string, Schema> = {
  ...LIST_PARAMETERS,
  parent_call_uuid: { type: 'string', description: 'The legs that this one dialled.' },
  call_direction: { type: 'string', enum: ['inbound', 'outbound'] },
  subaccount: { type: 'string', description: 'Auth ID of a subaccount.' },
  ...timeParameters('end_time'),
};
const CALL_LIST = resourcePage('CallList', CALL_RESOURCE);

/** Where the resource URLs of interactions lead, and the list of what they lead to. */
@ApiTags('Calls')
@Controller('v1/Account/:authId/Call')
@UseGuards(AccountGuard)
export class CallResourceController {
  constructor(
    private readonly clock: Clock,
    private readonly findLeg: FindLeg,
    private readonly listLegs: ListLegs,
  ) {}

  @Get()
  @Documented({
    summary: 'List the ended legs of masked calls, the last ended first',
    operationId: 'listCalls',
    description:
      'The last 7 days, at most 30 by `end_time`, or the legs that one call dialled. `total_count` is exact up to 10,000 beyond the page.',
    query: PARAMETERS,
    answers: { 200: ['A page of them.', CALL_LIST] },
  })
  async list(@Req() request: FastifyRequest, @Query() query: Record<string, unknown>) {
    const asked = readList(query, FILTERS, UNANSWERED);
    const { parent_call_uuid: parentCallUuid, call_direction: direction, subaccount, status } = asked.filters;
    // Plivo's other list, of calls that are live or queued, has another shape.
    if (status !== undefined) throw new NotFound();
    if (direction !== undefined && direction !== 'inbound' && direction !== 'outbound')
      throw new InvalidParameter(
        'Invalid parameter. call_direction allowed values are inbound or outbound',
        'call_direction',
      );
    const principal = principalOf(request);
    const endedAt = readTimeRange(asked.filters, 'end_time', this.clock.now());
    const owner = narrowed(principal, subaccount);
    const { limit, offset } = asked;
    const { total, legs } = owner
      ? await this.listLegs.run(owner, { parentCallUuid, direction, endedAt, limit, offset })
      : { total: 0, legs: [] };
    const path = pathOf(principal);
    return {
      api_id: request.id,
      ...asked.ignored,
      meta: listMeta(path, asked, total),
      objects: legs.map((leg) => callResource(leg, `${path}${leg.leg.legUuid}/`)),
    };
  }

  @Get(':uuid')
  @Documented({
    summary: 'Read one leg of a masked call',
    operationId: 'getCall',
    answers: { 200: ['The leg.', READ_CALL] },
  })
  async get(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const owner = principalOf(request);
    return { api_id: request.id, ...callResource(await this.findLeg.run(owner, uuid), `${pathOf(owner)}${uuid}/`) };
  }
}

function pathOf({ accountId, subaccountId }: Owner): string {
  return `/v1/Account/${subaccountId ?? accountId}/Call/`;
}
