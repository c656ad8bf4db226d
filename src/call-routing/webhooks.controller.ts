import { All, Controller, Header, HttpCode, Param, Req, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import {
  emptyXml,
  hangupXml,
  PlivoSignatureGuard,
  readAnswerWebhook,
  readDialAction,
  readDialEvent,
  readHangupWebhook,
  webhookOf,
} from '../plivo/index.js';
import { DomainError } from '../shared/errors.js';
import { isUuid } from '../shared/ids.js';
import { Log } from '../shared/logger.js';
import { AnswerCall } from './answer-call.js';
import { UnreadableWebhook } from './call-routing.errors.js';
import { NoteDial, type CallPath } from './note-dial.js';
import { NoteHangup } from './note-hangup.js';
import { spokenRefusal } from './refusal-speech.js';

/** Plivo waits at least 5 s, callers do not: after this a refusal is better than silence. */
const ANSWER_DEADLINE_MS = 1200;

/** What Plivo calls. `@All`, because a wrong method is refused like a wrong signature. */
@ApiExcludeController()
@Controller('plivo/:authId')
@UseGuards(PlivoSignatureGuard)
export class WebhooksController {
  constructor(
    private readonly log: Log,
    private readonly answerCall: AnswerCall,
    private readonly noteHangup: NoteHangup,
    private readonly noteDial: NoteDial,
  ) {}

  @All('answer')
  @HttpCode(200)
  @Header('Content-Type', 'application/xml; charset=utf-8')
  async answer(@Req() request: FastifyRequest): Promise<string> {
    const webhook = webhookOf(request);
    // An application without a hang-up URL of its own sends the hang-up here.
    if (webhook.params.get('Event') === 'Hangup') {
      await this.hangup(request);
      return emptyXml();
    }
    const asked = readAnswerWebhook(webhook.params);
    if (asked === null) throw new UnreadableWebhook('answer');

    let isAwaited = true;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        isAwaited = false;
        this.log.warn('call.answer_late', { call_uuid: asked.callUuid });
        resolve(spokenRefusal('trouble'));
      }, ANSWER_DEADLINE_MS);
    });
    const answered = this.answerCall
      .run(webhook, asked, () => isAwaited)
      .catch((error: unknown) => {
        if (error instanceof DomainError && error.kind === 'forbidden') throw error;
        if (isAwaited) this.log.error('call.answer_failed', { call_uuid: asked.callUuid, error });
        return spokenRefusal('trouble');
      });
    try {
      return await Promise.race([answered, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }

  @All('hangup')
  @HttpCode(200)
  async hangup(@Req() request: FastifyRequest): Promise<string> {
    const webhook = webhookOf(request);
    const told = readHangupWebhook(webhook.params);
    if (told === null) throw new UnreadableWebhook('hang-up');
    await this.noteHangup.run(webhook, told);
    return '';
  }

  @All('sessions/:sessionId/calls/:callId/dial-event')
  @HttpCode(200)
  async dialEvent(@Req() request: FastifyRequest, @Param() path: CallPath): Promise<string> {
    const webhook = webhookOf(request);
    const told = readDialEvent(webhook.params);
    if (told === null || !isPath(path)) throw new UnreadableWebhook('dial event');
    await this.noteDial.event(webhook, path, told);
    return '';
  }

  @All('sessions/:sessionId/calls/:callId/dial-action')
  @HttpCode(200)
  @Header('Content-Type', 'application/xml; charset=utf-8')
  async dialAction(@Req() request: FastifyRequest, @Param() path: CallPath): Promise<string> {
    const webhook = webhookOf(request);
    const told = readDialAction(webhook.params);
    if (told === null || !isPath(path)) throw new UnreadableWebhook('dial action');
    await this.noteDial.action(webhook, path, told);
    return told.dialStatus === 'busy' ? hangupXml('busy') : hangupXml();
  }
}

function isPath({ sessionId, callId }: CallPath): boolean {
  return isUuid(sessionId) && isUuid(callId);
}
