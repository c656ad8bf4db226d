import { All, Controller, Header, HttpCode, Param, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  emptyXml,
  hangupXml,
  isHangup,
  PlivoSignatureGuard,
  playXml,
  readAnswerWebhook,
  readDialAction,
  readDialEvent,
  readGatheredDigits,
  readHangupWebhook,
  soundAccountOf,
  webhookOf,
} from '../plivo/index.js';
import { isUuid } from '../platform/ids.js';
import { Config } from '../platform/settings/config.js';
import { AnswerCall } from './answer/answer-call.js';
import { AnswerDeadline } from './answer/answer-deadline.js';
import { XML_TYPE } from './answer/answer-xml.js';
import { CalleeSound } from './answer/callee-sound.js';
import { RefuseUnverified } from './answer/refuse-unverified.js';
import { isCadence, RING_TONE_LOOPS } from './answer/ring-tone.js';
import { ringToneUrl } from './answer/webhook-url.js';
import { shownCaller } from './answer/shown-caller.js';
import { UnreadableWebhook } from './call-routing.errors.js';
import { AnswerDigits } from './answer/answer-digits.js';
import { NoteDial, type CallPath } from './facts/note-dial.js';
import { NoteHangup } from './facts/note-hangup.js';
import { Documented } from '../platform/openapi/documented.js';
import { FORM, XML } from './webhook-schemas.js';

/** What Plivo calls about calls to our numbers. `@All`, because a wrong method is refused like a wrong signature. */
@Controller('plivo/:authId')
@UseGuards(PlivoSignatureGuard)
export class WebhooksController {
  constructor(
    private readonly deadline: AnswerDeadline,
    private readonly answerCall: AnswerCall,
    private readonly answerDigits: AnswerDigits,
    private readonly calleeSound: CalleeSound,
    private readonly noteHangup: NoteHangup,
    private readonly noteDial: NoteDial,
    private readonly config: Config,
  ) {}

  @All('answer')
  @UseFilters(RefuseUnverified)
  @HttpCode(200)
  @Header('Content-Type', XML_TYPE)
  @Documented({
    summary: 'Somebody calls a number of the pool',
    operationId: 'plivoAnswer',
    body: FORM,
    answers: { 200: ['XML that Plivo follows.', null, XML] },
  })
  async answer(@Req() request: FastifyRequest): Promise<string> {
    const webhook = webhookOf(request);
    const asked = readAnswerWebhook(webhook.params);
    if (asked === null) return this.deadline.unreadable();
    // An application without a hang-up URL of its own sends the hang-up here.
    if (isHangup(webhook.params)) {
      await this.hangup(request);
      return emptyXml();
    }
    return this.deadline.run(webhook.accountId, asked.callUuid, (isAwaited) =>
      this.answerCall.run(webhook, { ...asked, from: shownCaller(this.config, asked) }, isAwaited),
    );
  }

  @All('hangup')
  @HttpCode(200)
  @Documented({
    summary: 'A call to a number of the pool has ended',
    operationId: 'plivoHangup',
    body: FORM,
    answers: { 200: ['Noted.'] },
  })
  async hangup(@Req() request: FastifyRequest): Promise<string> {
    const webhook = webhookOf(request);
    const told = readHangupWebhook(webhook.params);
    if (told === null) throw new UnreadableWebhook('hang-up');
    await this.noteHangup.run(webhook, told);
    return '';
  }

  @All('calls/:callId/pin/:attempt')
  @UseFilters(RefuseUnverified)
  @HttpCode(200)
  @Header('Content-Type', XML_TYPE)
  @Documented({
    summary: 'A caller has typed a PIN',
    operationId: 'plivoPin',
    body: FORM,
    answers: { 200: ['XML that Plivo follows.', null, XML] },
  })
  async pin(
    @Req() request: FastifyRequest,
    @Param('callId') callId: string,
    @Param('attempt') attempt: string,
  ): Promise<string> {
    const webhook = webhookOf(request);
    const typed = readGatheredDigits(webhook.params);
    if (!isUuid(callId) || !/^[1-9]$/.test(attempt)) throw new UnreadableWebhook('digits');
    if (typed === null) return this.deadline.unreadable();
    return this.deadline.run(webhook.accountId, typed.callUuid, (isAwaited) =>
      this.answerDigits.run(
        webhook,
        callId,
        Number(attempt),
        { ...typed, from: shownCaller(this.config, typed) },
        isAwaited,
      ),
    );
  }

  /** Plivo's page does not say whose CallUUID it sends here, or when; the URL says all that is needed. */
  @All('sessions/:sessionId/calls/:callId/callee-sound')
  @HttpCode(200)
  @Header('Content-Type', XML_TYPE)
  @Documented({
    summary: 'What a party hears before it is connected',
    operationId: 'plivoCalleeSound',
    body: FORM,
    answers: { 200: ['XML that Plivo follows.', null, XML] },
  })
  async sound(@Req() request: FastifyRequest, @Param() path: CallPath): Promise<string> {
    const accountId = soundAccountOf(request);
    if (!isPath(path)) throw new UnreadableWebhook('confirm sound');
    const url = await this.calleeSound.run(accountId, path);
    return url === null ? emptyXml() : playXml(url);
  }

  /**
   * What a caller hears while the other phone rings. Reads nothing: a caller hears it whatever is broken here, and of a cadence that is none another.
   */
  @All('ring-tone/:cadence')
  @HttpCode(200)
  @Header('Content-Type', XML_TYPE)
  @Documented({
    summary: 'What a caller hears while the other phone rings',
    operationId: 'plivoRingTone',
    body: FORM,
    answers: { 200: ['XML that Plivo follows.', null, XML] },
  })
  ringTone(@Param('cadence') cadence: string): string {
    return playXml(ringToneUrl(this.config, isCadence(cadence) ? cadence : 'eu'), RING_TONE_LOOPS);
  }

  @All('sessions/:sessionId/calls/:callId/dial-event')
  @HttpCode(200)
  @Documented({
    summary: 'What happens to a dialled leg',
    operationId: 'plivoDialEvent',
    body: FORM,
    answers: { 200: ['Noted.'] },
  })
  async dialEvent(@Req() request: FastifyRequest, @Param() path: CallPath): Promise<string> {
    const webhook = webhookOf(request);
    const told = readDialEvent(webhook.params);
    if (told === null || !isPath(path)) throw new UnreadableWebhook('dial event');
    await this.noteDial.event(webhook, path, told);
    return '';
  }

  @All('sessions/:sessionId/calls/:callId/dial-action')
  @HttpCode(200)
  @Header('Content-Type', XML_TYPE)
  @Documented({
    summary: 'A dial is over',
    operationId: 'plivoDialAction',
    body: FORM,
    answers: { 200: ['XML that Plivo follows.', null, XML] },
  })
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
