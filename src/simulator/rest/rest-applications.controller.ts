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
import type { Application } from '../calls/account.js';
import { Simulator } from '../simulator.js';
import { RestAuth } from './rest-auth.js';
import { RestBody } from './rest-body.js';
import { notFound, RestErrorFilter, RestRefusal } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { page, type Query as Filters } from './rest-list.js';
import { seesProperty, viewerOf } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';

const APP_NAME = /^[A-Za-z0-9_-]{1,60}$/;

const ANSWER = anyObject('As this simulator shows it.');
const BODY = { 'application/json': anyObject('What this simulator is told.') };

@Controller('simulator/v1/Account/:authId/Application')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestApplicationsController {
  constructor(private readonly simulator: Simulator) {}

  @Post()
  @HttpCode(201)
  @Documented({
    summary: 'Create an application',
    operationId: 'createApplication',
    body: BODY,
    isBodyOptional: true,
    answers: { 201: ['Done.', ANSWER] },
  })
  create(@Req() request: FastifyRequest, @Body() body: unknown) {
    const given = new RestBody(body);
    const appName = given.required('app_name');
    if (!APP_NAME.test(appName)) throw new RestRefusal(400, 'app_name may have letters, digits, - and _ only');
    const { appId } = this.simulator.account.addApplication({
      appName,
      answerUrl: given.requiredUrl('answer_url'),
      answerMethod: given.method('answer_method'),
      fallbackUrl: given.url('fallback_answer_url'),
      fallbackMethod: given.method('fallback_method'),
      hangupUrl: given.url('hangup_url'),
      hangupMethod: given.method('hangup_method'),
      messageUrl: given.url('message_url'),
      messageMethod: given.method('message_method'),
      subaccount: viewerOf(request).subaccount ?? given.optional('subaccount'),
    });
    return { api_id: randomUUID(), app_id: appId, message: 'created' };
  }

  @Get()
  @Documented({
    summary: 'List applications',
    operationId: 'listApplications',
    answers: { 200: ['Done.', ANSWER] },
  })
  list(@Req() request: FastifyRequest, @Query() query: Filters) {
    const viewer = viewerOf(request);
    const { app_name: name, subaccount } = query;
    const found = [...this.simulator.account.applications.values()].filter(
      (application) =>
        seesProperty(viewer, application) &&
        (name === undefined || application.appName.includes(name)) &&
        (subaccount === undefined || application.subaccount === subaccount),
    );
    const path = `/v1/Account/${viewer.authId}/Application/`;
    return page(
      path,
      found.map((application) => this.describe(application)),
      query,
    );
  }

  @Get(':appId')
  @Documented({
    summary: 'Read an application',
    operationId: 'getApplication',
    answers: { 200: ['Done.', ANSWER] },
  })
  get(@Req() request: FastifyRequest, @Param('appId') appId: string) {
    return { api_id: randomUUID(), ...this.describe(this.find(request, appId)) };
  }

  @Post(':appId')
  @HttpCode(202)
  @Documented({
    summary: 'Change an application',
    operationId: 'updateApplication',
    body: BODY,
    isBodyOptional: true,
    answers: { 202: ['Done.', ANSWER] },
  })
  update(@Req() request: FastifyRequest, @Param('appId') appId: string, @Body() body: unknown) {
    const application = this.find(request, appId);
    const given = new RestBody(body);
    if (given.has('answer_url')) application.answerUrl = given.requiredUrl('answer_url');
    if (given.has('answer_method')) application.answerMethod = given.method('answer_method');
    if (given.has('fallback_answer_url')) application.fallbackUrl = given.url('fallback_answer_url');
    if (given.has('fallback_method')) application.fallbackMethod = given.method('fallback_method');
    if (given.has('hangup_url')) application.hangupUrl = given.url('hangup_url');
    if (given.has('hangup_method')) application.hangupMethod = given.method('hangup_method');
    if (given.has('message_url')) application.messageUrl = given.url('message_url');
    if (given.has('message_method')) application.messageMethod = given.method('message_method');
    if (given.has('subaccount')) application.subaccount = given.optional('subaccount');
    return { api_id: randomUUID(), message: 'changed' };
  }

  @Delete(':appId')
  @HttpCode(204)
  @Documented({
    summary: 'Delete an application',
    operationId: 'deleteApplication',
    answers: { 204: ['Done.'] },
  })
  remove(@Req() request: FastifyRequest, @Param('appId') appId: string): void {
    this.simulator.account.removeApplication(this.find(request, appId).appId);
  }

  private find(request: FastifyRequest, appId: string): Application {
    const application = this.simulator.account.applications.get(appId);
    if (application === undefined || !seesProperty(viewerOf(request), application)) throw notFound();
    return application;
  }

  private describe(application: Application) {
    const base = `/v1/Account/${this.simulator.authId}`;
    const { appId, subaccount } = application;
    return {
      answer_method: application.answerMethod,
      answer_url: application.answerUrl,
      app_id: appId,
      app_name: application.appName,
      default_app: false,
      default_endpoint_app: false,
      enabled: true,
      fallback_answer_url: application.fallbackUrl,
      fallback_method: application.fallbackMethod,
      hangup_method: application.hangupMethod,
      hangup_url: application.hangupUrl ?? application.answerUrl,
      message_method: application.messageMethod,
      message_url: application.messageUrl ?? '',
      public_uri: false,
      resource_uri: `${base}/Application/${appId}/`,
      sip_uri: `sip:${appId}@app.plivo.com`,
      sub_account: subaccount === null ? null : `${base}/Subaccount/${subaccount}/`,
    };
  }
}
