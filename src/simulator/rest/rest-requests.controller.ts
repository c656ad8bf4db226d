import { Controller, Delete, HttpCode, Param, Req, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Simulator } from '../simulator.js';
import { RestAuth } from './rest-auth.js';
import { notFound, RestErrorFilter } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { seesCalls, viewerOf } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';

/** Orders for calls, under the names that the API gave them. */
@Controller('simulator/v1/Account/:authId/Request')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestRequestsController {
  constructor(private readonly simulator: Simulator) {}

  @Delete(':requestUuid')
  @HttpCode(204)
  @Documented({
    summary: 'Cancel an order for a call',
    operationId: 'cancelRequest',
    answers: { 204: ['Done.'] },
  })
  cancel(@Req() request: FastifyRequest, @Param('requestUuid') requestUuid: string): void {
    const viewer = viewerOf(request);
    const live = [...this.simulator.book.live.values()].find(
      ({ call, leg }) =>
        leg === call.aLeg && call.requestUuid === requestUuid && seesCalls(this.simulator, viewer, leg.facts),
    );
    if (live === undefined || live.leg.facts.direction !== 'outbound') throw notFound();
    live.hangUp('API Request');
  }
}
