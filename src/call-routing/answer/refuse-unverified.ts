import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isHangup, unverifiedParams } from '../../plivo/index.js';
import { answerError } from '../../platform/http/error-filter.js';
import { isDatabaseOutage } from '../../platform/database/outage.js';
import { Unavailable } from '../../platform/errors.js';
import { Log } from '../../platform/logging/logger.js';
import { AnswerDeadline } from './answer-deadline.js';
import { XML_TYPE } from './answer-xml.js';

/**
 * A caller waits, and it cannot be found out whether Plivo has asked: the tokens that sign are in a database that is away. He hears the sentence of all calls
 * that cannot be answered, which says nothing of anybody; nothing is read or kept of what asked. The end of a call is refused, so that Plivo repeats it.
 */
@Catch()
export class RefuseUnverified implements ExceptionFilter {
  constructor(
    private readonly deadline: AnswerDeadline,
    private readonly log: Log,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.getArgByIndex<FastifyRequest>(0);
    const reply = host.getArgByIndex<FastifyReply>(1);
    if (!isUnavailable(error) || isOver(request)) return answerError(error, request, reply, this.log);
    this.log.warn('call.answer_unverified', { req_id: request.id, error });
    void reply.code(200).header('content-type', XML_TYPE).send(this.deadline.unverified());
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Unavailable || isDatabaseOutage(error);
}

/** Or nothing that Plivo asks of a call. */
function isOver(request: FastifyRequest): boolean {
  const params = unverifiedParams(request);
  return params === null || isHangup(params);
}
