import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  Query,
  Req,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { SimulatedSubaccount } from '../calls/subaccounts.js';
import { Simulator } from '../simulator.js';
import { RestAuth } from './rest-auth.js';
import { RestBody } from './rest-body.js';
import { notFound, RestErrorFilter } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { page, type Query as Filters } from './rest-list.js';
import { viewerOf } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

/** The account's subaccounts, for the account alone. */
@Controller('simulator/v1/Account/:authId/Subaccount')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestSubaccountsController {
  constructor(private readonly simulator: Simulator) {}

  @Post()
  @HttpCode(201)
  @Documented({
    summary: 'Create a subaccount',
    operationId: 'createSubaccount',
    body: BODY,
    isBodyOptional: true,
    answers: { 201: ['Done.', ANSWER] },
  })
  create(@Req() request: FastifyRequest, @Body() body: unknown) {
    refuseSubaccounts(request);
    const given = new RestBody(body);
    const isEnabled = !given.has('enabled') || given.flag('enabled');
    const { authId, authToken } = this.simulator.account.subaccounts.add(given.required('name'), isEnabled);
    return { api_id: randomUUID(), auth_id: authId, auth_token: authToken, message: 'created' };
  }

  @Get()
  @Documented({
    summary: 'List subaccounts',
    operationId: 'listSubaccounts',
    answers: { 200: ['Done.', ANSWER] },
  })
  list(@Req() request: FastifyRequest, @Query() query: Filters) {
    refuseSubaccounts(request);
    const found = this.simulator.account.subaccounts.list();
    return page(
      `/v1/Account/${this.simulator.authId}/Subaccount/`,
      found.map((subaccount) => this.describe(subaccount)),
      query,
    );
  }

  @Get(':id')
  @Documented({
    summary: 'Read a subaccount',
    operationId: 'getSubaccount',
    answers: { 200: ['Done.', ANSWER] },
  })
  get(@Req() request: FastifyRequest, @Param('id') id: string) {
    return { api_id: randomUUID(), ...this.describe(this.find(request, id)) };
  }

  @Post(':id')
  @HttpCode(202)
  @Documented({
    summary: 'Change a subaccount',
    operationId: 'updateSubaccount',
    body: BODY,
    isBodyOptional: true,
    answers: { 202: ['Done.', ANSWER] },
  })
  update(@Req() request: FastifyRequest, @Param('id') id: string, @Body() body: unknown) {
    const subaccount = this.find(request, id);
    const given = new RestBody(body);
    if (given.has('name')) subaccount.name = given.required('name');
    if (given.has('enabled')) subaccount.isEnabled = given.flag('enabled');
    return { api_id: randomUUID(), message: 'changed' };
  }

  @Delete(':id')
  @HttpCode(204)
  @Documented({
    summary: 'Delete a subaccount',
    operationId: 'deleteSubaccount',
    answers: { 204: ['Done.'] },
  })
  remove(@Req() request: FastifyRequest, @Param('id') id: string): void {
    this.simulator.account.subaccounts.remove(this.find(request, id).authId);
  }

  private find(request: FastifyRequest, id: string): SimulatedSubaccount {
    refuseSubaccounts(request);
    const subaccount = this.simulator.account.subaccounts.get(id);
    if (subaccount === null) throw notFound();
    return subaccount;
  }

  private describe({ authId, authToken, name, isEnabled }: SimulatedSubaccount) {
    const base = `/v1/Account/${this.simulator.authId}/`;
    return {
      account: base,
      auth_id: authId,
      auth_token: authToken,
      enabled: isEnabled,
      name,
      resource_uri: `${base}Subaccount/${authId}/`,
    };
  }
}

function refuseSubaccounts(request: FastifyRequest): void {
  if (viewerOf(request).subaccount !== null) throw notFound();
}
