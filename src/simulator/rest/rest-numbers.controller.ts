import {
  Body,
  Controller,
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
import { describeNumber, parseCaller } from '../../telephony/phone.js';
import type { RentedNumber } from '../calls/account.js';
import { rateWithFivePlaces } from '../calls/billing.js';
import { Simulator } from '../simulator.js';
import { RestAuth } from './rest-auth.js';
import { RestBody } from './rest-body.js';
import { notFound, RestErrorFilter, RestRefusal } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { page, type Query as Filters } from './rest-list.js';
import { seesProperty, viewerOf } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

@Controller('simulator/v1/Account/:authId/Number')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestNumbersController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  @Documented({
    summary: 'List rented numbers',
    operationId: 'listPlivoNumbers',
    answers: { 200: ['Done.', ANSWER] },
  })
  list(@Req() request: FastifyRequest, @Query() query: Filters) {
    const viewer = viewerOf(request);
    const { number_startswith: start, subaccount, alias, services } = query;
    const wanted = services?.split(',').map((service) => service.trim()) ?? [];
    const found = [...this.simulator.account.numbers.values()].filter(
      (number) =>
        seesProperty(viewer, number) &&
        (start === undefined || number.number.startsWith(start.replace('+', ''))) &&
        (subaccount === undefined || number.subaccount === subaccount) &&
        (alias === undefined || number.alias === alias) &&
        wanted.every((service) => number.services.some((has) => has === service)),
    );
    const path = `/v1/Account/${viewer.authId}/Number/`;
    return page(
      path,
      found.map((number) => this.describe(number)),
      query,
    );
  }

  @Get(':number')
  @Documented({
    summary: 'Read a rented number',
    operationId: 'getPlivoNumber',
    answers: { 200: ['Done.', ANSWER] },
  })
  get(@Req() request: FastifyRequest, @Param('number') number: string) {
    return { api_id: randomUUID(), ...this.describe(this.find(request, number)) };
  }

  @Post(':number')
  @HttpCode(202)
  @Documented({
    summary: 'Change a rented number',
    operationId: 'updatePlivoNumber',
    body: BODY,
    isBodyOptional: true,
    answers: { 202: ['Done.', ANSWER] },
  })
  update(@Req() request: FastifyRequest, @Param('number') text: string, @Body() body: unknown) {
    const number = this.find(request, text);
    const given = new RestBody(body);
    const appId = given.optional('app_id');
    if (appId !== null && !this.simulator.account.applications.has(appId)) {
      throw new RestRefusal(400, 'app_id parameter is invalid');
    }
    if (given.has('app_id')) number.appId = appId;
    if (given.has('subaccount')) number.subaccount = given.optional('subaccount');
    if (given.has('alias')) number.alias = given.optional('alias') ?? '';
    return { api_id: randomUUID(), message: 'changed' };
  }

  private find(request: FastifyRequest, text: string): RentedNumber {
    const number = this.simulator.account.find(text);
    if (number === null || !seesProperty(viewerOf(request), number)) throw notFound();
    return number;
  }

  private describe({ number, alias, appId, subaccount, services }: RentedNumber) {
    const { authId, settings } = this.simulator;
    const parsed = parseCaller(number);
    const base = `/v1/Account/${authId}`;
    return {
      added_on: '2026-01-01',
      alias,
      application: appId === null ? null : `${base}/Application/${appId}/`,
      carrier: 'Plivo',
      cnam_lookup: 'disabled',
      country: parsed === null ? '' : describeNumber(parsed).country,
      mms_enabled: services.includes('mms'),
      mms_rate: '0.00000',
      monthly_rental_rate: '0.80000',
      number,
      number_type: 'local',
      region: null,
      renewal_date: '2027-01-01',
      resource_uri: `${base}/Number/${number}/`,
      sms_enabled: services.includes('sms'),
      sms_rate: '0.00000',
      sub_account: subaccount === null ? null : `${base}/Subaccount/${subaccount}/`,
      sub_account_name: null,
      voice_enabled: services.includes('voice'),
      voice_rate: rateWithFivePlaces(settings.inbound_rate),
    };
  }
}
