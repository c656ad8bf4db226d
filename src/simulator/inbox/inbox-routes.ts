import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Inbox, type InboxFault, type InboxRequest } from './inbox.js';

const BODY_LIMIT_BYTES = 64 * 1024;
const KEPT_HEADERS = /^(?:x-plivo-.*|webhook-.*|content-type|user-agent|accept-encoding)$/;
const INBOX_NAME = /^[A-Za-z0-9._-]{1,64}$/;

interface InboxRoute {
  Params: { name?: string };
  Body: Buffer | null;
}

/**
 * `POST|GET /simulator/inbox[/{name}]`. Routes of the server itself rather than a controller: a receiver takes every kind of body as bytes,
 * which the service's own parsers do not.
 */
@Injectable()
export class InboxRoutes implements OnModuleInit {
  constructor(
    private readonly inbox: Inbox,
    private readonly host: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
      scope.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
        void reply.status(error.statusCode ?? 500).send();
      });
      for (const url of ['/simulator/inbox', '/simulator/inbox/:name']) {
        scope.route<InboxRoute>({
          method: ['GET', 'POST'],
          url,
          bodyLimit: BODY_LIMIT_BYTES,
          exposeHeadRoute: false,
          handler: (request, reply) => this.receive(request, reply),
        });
      }
      done();
    });
  }

  private async receive(request: FastifyRequest<InboxRoute>, reply: FastifyReply): Promise<void> {
    const { name = '' } = request.params;
    if (name !== '' && !INBOX_NAME.test(name)) {
      await reply.status(404).send();
      return;
    }
    const fault = this.inbox.receive(inboxRequest(name, request));
    if (fault !== null && fault.hang_ms > 0) await this.inbox.hang(fault.hang_ms);
    await answer(reply, fault);
  }
}

async function answer(reply: FastifyReply, fault: InboxFault | null): Promise<void> {
  if (fault?.reset === true) {
    reply.hijack();
    reply.raw.destroy();
    return;
  }
  if (fault?.retry_after) reply.header('retry-after', fault.retry_after);
  if (fault?.redirect) reply.header('location', fault.redirect);
  await reply
    .status(fault?.status ?? 200)
    .type('text/plain')
    .send(fault === null ? 'ok' : '');
}

function inboxRequest(name: string, request: FastifyRequest<InboxRoute>): InboxRequest {
  const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  const path = request.originalUrl;
  const query = path.includes('?') ? path.slice(path.indexOf('?') + 1) : '';
  const method = request.method === 'GET' ? 'GET' : 'POST';
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '');
  const text = method === 'GET' ? query : isForm ? body : '';
  return {
    name,
    method,
    path,
    host: request.headers.host ?? '',
    headers: Object.fromEntries(
      Object.entries(request.headers).flatMap(([key, value]) =>
        value !== undefined && KEPT_HEADERS.test(key) ? [[key, String(value)]] : [],
      ),
    ),
    params: [...new URLSearchParams(text)],
    body,
  };
}
