import { All, Controller, Header, HttpCode, Param, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  emptyXml,
  isHangup,
  PlivoSignatureGuard,
  readAnswerWebhook,
  readHangupWebhook,
  webhookOf,
} from '../../plivo/index.js';
import { isUuid } from '../../platform/ids.js';
import { AnswerDeadline } from '../answer/answer-deadline.js';
import { XML_TYPE } from '../answer/answer-xml.js';
import { RefuseUnverified } from '../answer/refuse-unverified.js';
import { UnreadableWebhook } from '../call-routing.errors.js';
import { CloseRequest } from './close-request.js';
import { ConnectSecondParty } from './connect-second-party.js';
import { NoteRinging } from './note-ringing.js';
import { Documented } from '../../platform/openapi/documented.js';
import { FORM, XML } from '../webhook-schemas.js';

/** What Plivo calls about a call that we have placed to a first party. */
@Controller('plivo/:authId/requests/:requestId')
@UseGuards(PlivoSignatureGuard)
export class RequestWebhooksController {
  constructor(
    private readonly deadline: AnswerDeadline,
    private readonly connectSecondParty: ConnectSecondParty,
    private readonly noteRinging: NoteRinging,
    private readonly closeRequest: CloseRequest,
  ) {}

  @All('answer')
  @UseFilters(RefuseUnverified)
  @HttpCode(200)
  @Header('Content-Type', XML_TYPE)
  @Documented({
    summary: 'The first party has answered a call of ours',
    operationId: 'plivoRequestAnswer',
    body: FORM,
    answers: { 200: ['XML that Plivo follows.', null, XML] },
  })
  async answer(@Req() request: FastifyRequest, @Param('requestId') requestId: string): Promise<string> {
    const webhook = webhookOf(request);
    if (!isUuid(requestId)) throw new UnreadableWebhook('answer');
    const asked = readAnswerWebhook(webhook.params);
    if (asked === null) return this.deadline.unreadable();
    if (isHangup(webhook.params)) {
      await this.hangup(request, requestId);
      return emptyXml();
    }
    return this.deadline.run(webhook.accountId, asked.callUuid, (isAwaited) =>
      this.connectSecondParty.run(webhook, requestId, asked, isAwaited),
    );
  }

  @All('ring')
  @HttpCode(200)
  @Documented({
    summary: 'The phone of the first party rings',
    operationId: 'plivoRequestRing',
    body: FORM,
    answers: { 200: ['Noted.'] },
  })
  async ring(@Req() request: FastifyRequest, @Param('requestId') requestId: string): Promise<string> {
    const webhook = webhookOf(request);
    const told = readAnswerWebhook(webhook.params);
    if (told === null || !isUuid(requestId)) throw new UnreadableWebhook('ring');
    await this.noteRinging.run(webhook, requestId, told.callUuid);
    return '';
  }

  @All('hangup')
  @HttpCode(200)
  @Documented({
    summary: 'A call of ours has ended',
    operationId: 'plivoRequestHangup',
    body: FORM,
    answers: { 200: ['Noted.'] },
  })
  async hangup(@Req() request: FastifyRequest, @Param('requestId') requestId: string): Promise<string> {
    const webhook = webhookOf(request);
    const told = readHangupWebhook(webhook.params);
    if (told === null || !isUuid(requestId)) throw new UnreadableWebhook('hang-up');
    await this.closeRequest.run(webhook, requestId, told);
    return '';
  }
}
