import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { WebhookTokens } from '../../accounts/index.js';
import { FormBody } from '../../platform/http/body-parsers.js';
import { isHangup } from '../../plivo/index.js';
import { AnswerDeadline } from './answer-deadline.js';
import { XML_TYPE } from './answer-xml.js';
import { Rush } from './rush.js';

const ANSWER_ROUTE = '/plivo/:authId/answer';
/** What Plivo says in every call that waits for an answer, and never of one that is over. */
const IS_NEW = /(?:^|&)Event=StartApp(?:&|$)/;

/**
 * Refuses calls in a rush before anything is spent on them: their signature is not looked at and their form not read. Whoever asks so is told no more than that nobody can be
 * connected now. The end of a call that comes to this route is always taken.
 */
@Injectable()
export class ShedAnswers {
  constructor(
    private readonly rush: Rush,
    private readonly deadline: AnswerDeadline,
    private readonly webhookTokens: WebhookTokens,
  ) {}

  /** To be called before the service listens. */
  at(instance: FastifyInstance): void {
    instance.addHook('preValidation', (request, reply, done) => {
      if (!this.rush.isOn || request.routeOptions.url !== ANSWER_ROUTE) return done();
      this.refusal(request).then((xml) => {
        if (xml === null) done();
        else void reply.header('content-type', XML_TYPE).send(xml);
      }, done);
    });
  }

  /** Null for what is to be answered or refused as always. */
  private async refusal(request: FastifyRequest): Promise<string | null> {
    if (!isNewCall(request)) return null;
    const { authId } = request.params as { authId: string };
    const known = await this.webhookTokens.of(authId);
    if (known === null || !this.rush.isTooMuch(known.accountId)) return null;
    return this.deadline.shed(known.accountId);
  }
}

function isNewCall({ method, body, url }: FastifyRequest): boolean {
  const text = method === 'POST' && body instanceof FormBody ? body.raw : (url.split('?')[1] ?? '');
  return IS_NEW.test(text) || (text !== '' && !isHangup(new Map(new URLSearchParams(text))));
}
