import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log } from '../logging/logger.js';
import { contentTypeOf, describeError, type Asked, type ErrorAnswer } from './error-answer.js';
import { protectiveHeaders } from './protective-headers.js';
import { ReplayedRefusal } from './idempotency-answers.js';

/**
 * Every error of every route, of the body parsers and of unknown paths ends here: refusals are answered, the rest is logged whole and
 * answered with an empty hand.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.getArgByIndex<FastifyRequest>(0);
    const reply = host.getArgByIndex<FastifyReply>(1);
    answerError(error, request, reply, this.log);
  }
}

export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Pick<Log, 'error' | 'warn'>,
): void {
  const answer = error instanceof ReplayedRefusal ? error.answer : describeError(error, askedBy(request));
  if (answer.isBug) log.error('http.failed', { req_id: request.id, route: request.routeOptions.url, error });
  else if (answer.status === 503)
    log.warn('http.unavailable', { req_id: request.id, route: request.routeOptions.url, error });

  if (reply.sent || reply.raw.headersSent) {
    // Half an answer must not look like a whole one.
    reply.raw.destroy();
    return;
  }
  void sendErrorAnswer(reply, answer, request);
}

function sendErrorAnswer(reply: FastifyReply, answer: ErrorAnswer, request: FastifyRequest): FastifyReply {
  return reply
    .code(answer.status)
    .headers({
      ...protectiveHeaders(request.raw.url ?? ''),
      ...answer.headers,
      'x-request-id': request.id,
      'content-type': contentTypeOf(answer),
    })
    .send(JSON.stringify(answer.body));
}

export function askedBy(request: FastifyRequest): Asked {
  const url = request.raw.url ?? '';
  const path = url.split('?', 1)[0] ?? '';
  return { url, method: request.method, requestId: request.id, allowed: request.server.methodsOf(path) };
}
