import { All, Controller, Header, HttpCode, Param, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { FORM, UnreadableWebhook, XML } from '../call-routing/index.js';
import { emptyXml, PlivoSignatureGuard, readMessageReport, readMessageWebhook, webhookOf } from '../plivo/index.js';
import { NotBegun } from '../platform/database/database.js';
import { Unavailable } from '../platform/errors.js';
import { isUuid } from '../platform/ids.js';
import { Log } from '../platform/logging/logger.js';
import { Documented } from '../platform/openapi/documented.js';
import { within } from '../platform/within.js';
import { NoteReport } from './note-report.js';
import { ReceiveText } from './receive-text.js';

const XML_TYPE = 'application/xml; charset=utf-8';
/** Plivo waits 8 s and then repeats; nobody else is to wait for a text that long. */
const ANSWER_WITHIN_MS = 1400;

/** What Plivo calls about texts. `@All`, because a wrong method is refused like a wrong signature. */
@Controller('plivo/:authId')
@UseGuards(PlivoSignatureGuard)
export class TextWebhooksController {
  constructor(
    private readonly receiveText: ReceiveText,
    private readonly noteReport: NoteReport,
    private readonly log: Log,
  ) {}

  @All('message')
  @HttpCode(200)
  @Header('Content-Type', XML_TYPE)
  @Documented({
    summary: 'Somebody has written to a number of the pool',
    operationId: 'plivoMessage',
    body: FORM,
    answers: { 200: ['Taken: nothing is sent by the answer.', null, XML] },
    refusals: [Unavailable],
  })
  async message(@Req() request: FastifyRequest): Promise<string> {
    const webhook = webhookOf(request);
    const told = readMessageWebhook(webhook.params);
    // Repeating it would not mend it.
    if (told === null) this.log.warn('text.unreadable', { account: webhook.accountId });
    else await this.inTime((isAwaited) => this.receiveText.run(webhook, told, isAwaited));
    return emptyXml();
  }

  @All('message-status')
  @HttpCode(200)
  @Documented({
    summary: 'What became of a text that was sent, named by its MessageUUID alone',
    operationId: 'plivoMessageStatus',
    body: FORM,
    answers: { 200: ['Noted.'] },
    refusals: [UnreadableWebhook],
  })
  status(@Req() request: FastifyRequest): Promise<string> {
    return this.report(request, null);
  }

  @All('message-status/:forwardId')
  @HttpCode(200)
  @Documented({
    summary: 'What became of a text that was sent',
    operationId: 'plivoMessageStatusOf',
    body: FORM,
    answers: { 200: ['Noted.'] },
    refusals: [UnreadableWebhook],
  })
  statusOf(@Req() request: FastifyRequest, @Param('forwardId') forwardId: string): Promise<string> {
    if (!isUuid(forwardId)) throw new UnreadableWebhook('message status');
    return this.report(request, forwardId);
  }

  private async report(request: FastifyRequest, forwardId: string | null): Promise<string> {
    const webhook = webhookOf(request);
    const told = readMessageReport(webhook.params);
    if (told === null) throw new UnreadableWebhook('message status');
    await this.noteReport.run(webhook, forwardId, told);
    return '';
  }

  /** Work that is not done by then is refused, and nothing of it is kept: Plivo brings the text again. */
  private async inTime(work: (isAwaited: () => boolean) => Promise<void>): Promise<void> {
    let isAwaited = true;
    const taken = work(() => isAwaited).catch((error: unknown) => {
      throw error instanceof NotBegun || !isAwaited ? new Unavailable('the text could not be taken in time') : error;
    });
    await within(ANSWER_WITHIN_MS, taken, () => {
      isAwaited = false;
      throw new Unavailable('the text could not be taken in time; it is expected again');
    });
  }
}
