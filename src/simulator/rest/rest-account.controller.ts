import { Controller, Get, Req, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { RestAuth } from './rest-auth.js';
import { RestErrorFilter } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { viewerOf } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const ANSWER = anyObject('As this simulator shows it.');

/** What Plivo says of whose credentials these are. */
@Controller('simulator/v1/Account/:authId')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestAccountController {
  @Get()
  @Documented({
    summary: 'Read the account',
    operationId: 'getPlivoAccount',
    answers: { 200: ['Done.', ANSWER] },
  })
  get(@Req() request: FastifyRequest) {
    const { authId } = viewerOf(request);
    return {
      account_type: 'standard',
      address: '',
      api_id: randomUUID(),
      auth_id: authId,
      auto_recharge: true,
      billing_mode: 'prepaid',
      cash_credits: '100.00000',
      city: '',
      name: 'Simulated',
      resource_uri: `/v1/Account/${authId}/`,
      state: '',
      timezone: 'UTC',
    };
  }
}
