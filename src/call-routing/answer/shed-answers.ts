import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { WebhookTokens } from '../../accounts/index.js';
import { isHangup } from '../../plivo/index.js';
import { newId } from '../../platform/ids.js';
import { AnswerDeadline } from './answer-deadline.js';
import { XML_TYPE } from './answer-xml.js';
import { Rush } from './rush.js';

const ANSWER_PATH = /^\/plivo\/([A-Z0-9]{1,40})\/answer\/?(?:\?|$)/;
/** What Plivo says in every call that waits for an answer, and never of one that is over. */
const IS_NEW = /(?:^|&)Event=StartApp(?:&|$)/;

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Refuses calls in a rush before anything is spent on them, in front of routes, hooks and the request's log line: their signature is not looked at and their form not
 * read. Whoever asks so is told no more than that nobody can be connected now. The end of a call that comes to this route is always taken.
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
    const { server } = instance as { server: Server };
    const [serve, ...others] = server.listeners('request') as Serve[];
    if (serve === undefined || others.length > 0)
      throw new Error('expected Fastify to listen for requests, and nobody else');
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      if (this.rush.isOn && server.listening) void this.judge(request, response, serve);
      else serve(request, response);
    });
  }

  private async judge(request: IncomingMessage, response: ServerResponse, serve: Serve): Promise<void> {
    const authId = ANSWER_PATH.exec(request.url ?? '')?.[1];
    const isAsked = authId !== undefined && isSigned(request) && (await isNewCall(request));
    const xml = isAsked ? await this.refusal(authId) : null;
    if (xml === null) serve(request, response);
    else
      response
        .writeHead(200, { 'content-type': XML_TYPE, 'x-request-id': newId(), 'content-length': Buffer.byteLength(xml) })
        .end(xml);
  }

  /** Null for what is to be answered or refused as always. */
  private async refusal(authId: string): Promise<string | null> {
    try {
      const known = await this.webhookTokens.of(authId);
      return known !== null && this.rush.isTooMuch(known.accountId) ? await this.deadline.shed(known.accountId) : null;
    } catch {
      return null;
    }
  }
}

/** By the look of it. */
function isSigned({ headers }: IncomingMessage): boolean {
  return Boolean(headers['x-plivo-signature-v3'] || headers['x-plivo-signature-ma-v3']);
}

async function isNewCall(request: IncomingMessage): Promise<boolean> {
  if (request.method === 'GET') return isNew(request.url?.split('?')[1] ?? '');
  if (request.method !== 'POST') return false;
  return isNew(await wholeBody(request));
}

function isNew(form: string): boolean {
  return IS_NEW.test(form) || (form !== '' && !isHangup(new Map(new URLSearchParams(form))));
}

/** Empty unless all of it has come with the head, as a webhook's does. It is put back: whoever serves the request reads it as if nobody had. */
function wholeBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const settle = (text: string): void => {
      request.off('readable', look).off('error', giveUp).off('close', giveUp);
      // The stream learns on the next tick that nobody waits for `readable` any more; data flows only then.
      process.nextTick(resolve, text);
    };
    const giveUp = (): void => settle('');
    const look = (): void => {
      const body = request.read() as Buffer | null;
      if (body === null) return giveUp();
      request.unshift(body);
      settle(body.length === Number(request.headers['content-length']) ? body.toString('latin1') : '');
    };
    request.on('readable', look).on('error', giveUp).on('close', giveUp);
  });
}
