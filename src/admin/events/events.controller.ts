import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { protectiveHeaders } from '../../platform/http/protective-headers.js';
import { Documented } from '../../platform/openapi/documented.js';
import { text } from '../../platform/openapi/schemas.js';
import { AdmitOperator } from '../access/admit-operator.js';
import { IsStream, MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { ConsoleEvents, TooManyListeners } from './console-events.js';

/** Proxies cut connections on which nothing comes; and so often it is asked whether the operator may still listen. */
const COMMENT_EVERY_MS = 15_000;
/** When a browser comes again after the stream ended. */
const RETRY_MS = 3_000;
/** What is kept for one who does not read. Then the stream is closed: the browser opens another, and asks for its lists anew. */
const MOST_UNREAD_BYTES = 64 * 1024;
const STREAM = text(
  'Lines of events and comments.',
  'event: call\ndata: {"id":"0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f","account":"MAXXXXXXXXXXXXXXXXXX","at":"2026-11-29T12:00:00.000Z"}\n\n',
);

/** Tells the console that something has changed, so that it need not ask all the time. */
@Controller('admin/events')
@UseGuards(AdminGuard)
export class EventsController {
  constructor(
    private readonly consoleEvents: ConsoleEvents,
    private readonly admitOperator: AdmitOperator,
  ) {}

  @Get()
  @MayAsk('viewer', 'support', 'finance')
  @IsStream()
  @Documented({
    summary: 'Server-sent events that tell when something has changed',
    operationId: 'streamEvents',
    description:
      '`call`, `session`, `callback`, `pool` or `job`, with `{id, account, at}`: that it has changed, never how. What other processes did is told every 5 seconds, as one event of each kind with null for `id` and `account`. A comment at once and every 15 seconds. Ends with the login or token, for who does not read, and with the process; open it again then.',
    answers: { 200: ['Events, as they happen in this process.', null, { 'text/event-stream': STREAM }] },
    refusals: [TooManyListeners],
  })
  async stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { raw } = reply;
    const operator = await this.admitOperator.run(request);
    // Whoever went away while the guard was asked is not waited for: that he did was told before anybody heard it.
    if (raw.destroyed) return void reply.hijack();
    const tell = (lines: string): void => {
      if (raw.writableLength > MOST_UNREAD_BYTES) raw.destroy();
      else raw.write(lines);
    };
    const end =
      request.method === 'HEAD'
        ? () => undefined
        : this.consoleEvents.listen({ operatorId: operator.id, tell, close: () => raw.end(`retry: ${RETRY_MS}\n\n`) });
    reply.hijack();
    raw.writeHead(200, {
      ...protectiveHeaders(request.url),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-request-id': request.id,
      // Else nginx keeps them until its buffer is full.
      'x-accel-buffering': 'no',
    });
    if (request.method === 'HEAD') return void raw.end();

    raw.write(`retry: ${RETRY_MS}\n: listening\n\n`);
    const timer = setInterval(() => void this.comment(request, reply), COMMENT_EVERY_MS);
    raw.once('close', () => {
      end();
      clearInterval(timer);
    });
  }

  private async comment(request: FastifyRequest, { raw }: FastifyReply): Promise<void> {
    // While the database does not answer nobody is sent away.
    const isIn = await this.admitOperator.isStillIn(request).catch(() => true);
    if (isIn && raw.writableLength <= MOST_UNREAD_BYTES) raw.write(': still here\n\n');
    else raw.end();
  }
}
