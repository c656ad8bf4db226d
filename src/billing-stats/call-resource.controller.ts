import { Controller, Get, Param, Req, UseGuards } from '@nestjs/common';
import { ApiBasicAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AccountGuard, principalOf } from '../accounts/index.js';
import { FindLeg } from '../call-routing/index.js';
import { callResource } from './call-resource.js';

/** Where the resource URLs of interactions lead. */
@ApiTags('Calls')
@ApiBasicAuth()
@Controller('v1/Account/:authId/Call')
@UseGuards(AccountGuard)
export class CallResourceController {
  constructor(private readonly findLeg: FindLeg) {}

  @Get(':uuid')
  @ApiOperation({ summary: 'Read one leg of a masked call', operationId: 'getCall' })
  async get(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const owner = principalOf(request);
    const path = `/v1/Account/${owner.subaccountId ?? owner.accountId}/Call/${uuid}/`;
    return { api_id: request.id, ...callResource(await this.findLeg.run(owner, uuid), path) };
  }
}
