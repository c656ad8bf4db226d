import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** A refusal in the manner of Plivo's REST API. */
export class RestRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The connection is to be cut instead of answered. */
export class ConnectionReset extends Error {}

export function missing(parameter: string): RestRefusal {
  return new RestRefusal(400, `${parameter} parameter is missing`);
}

export function notFound(): RestRefusal {
  return new RestRefusal(404, 'not found');
}

/** `{api_id, error}`, except for failed authentication, which the real API answers as plain text. */
@Catch()
export class RestErrorFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    if (error instanceof ConnectionReset) {
      reply.hijack();
      reply.raw.destroy();
      return;
    }
    const { status, message } = describe(error);
    if (status === 401) {
      reply.status(401).header('WWW-Authenticate', 'Basic realm="simulator"').type('text/plain').send(message);
      return;
    }
    reply.status(status).send({ api_id: randomUUID(), error: message });
  }
}

function describe(error: unknown): { status: number; message: string } {
  if (error instanceof RestRefusal) return { status: error.status, message: error.message };
  if (error instanceof HttpException) return { status: error.getStatus(), message: error.message };
  return { status: 500, message: 'internal error of the simulator' };
}
