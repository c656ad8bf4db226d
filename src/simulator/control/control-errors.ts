import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

export class ControlRefusal extends Error {
  constructor(
    readonly status: 400 | 403 | 404 | 408 | 409,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
};

/** RFC 9457 problem JSON. */
@Catch()
export class ControlErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const { status, code, detail } = describe(error);
    const requestId = reply.getHeader('x-request-id') ?? http.getRequest<FastifyRequest>().id;
    reply
      .status(status)
      .type('application/problem+json')
      .send({ type: 'about:blank', title: TITLES[status] ?? 'Error', status, code, detail, request_id: requestId });
  }
}

function describe(error: unknown): { status: number; code: string; detail: string } {
  if (error instanceof ControlRefusal) return { status: error.status, code: error.code, detail: error.message };
  if (error instanceof HttpException) {
    return { status: error.getStatus(), code: 'invalid_request', detail: error.message };
  }
  return { status: 500, code: 'simulator_error', detail: 'internal error of the simulator' };
}
