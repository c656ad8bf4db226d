import { Controller, Get, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Documented } from '../../platform/openapi/documented.js';
import { text } from '../../platform/openapi/schemas.js';
import { Simulator } from '../simulator.js';
import { ControlCallers } from './control-callers.js';
import { ControlErrorFilter, ControlRefusal } from './control-errors.js';
import { iso } from './control-views.js';

/** Several changes of one moment are told once. */
const TOLD_AFTER_MS = 40;
/** Proxies cut connections on which nothing comes. */
const COMMENT_EVERY_MS = 15_000;
const MOST_LISTENERS = 100;
const STREAM = text('Lines of events and comments.', 'event: change\ndata: {"at":"2026-11-29T12:00:00.000Z"}\n\n');

/** Tells that something has changed, so that who looks need not ask all the time. */
@Controller('simulator/control/events')
@UseGuards(ControlCallers)
@UseFilters(ControlErrorFilter)
export class ControlEventsController {
  private listeners = 0;

  constructor(private readonly simulator: Simulator) {}

  /**
   * Server-sent events: `change`, with `{"at"}` as data, whenever phones, calls, webhooks, the inbox or the clock have changed; what has, the other
   * routes tell. A comment at once and every 15 s. Ends with the service.
   */
  @Get()
  @Documented({
    summary: 'Server-sent events that tell when something has changed',
    operationId: 'streamChanges',
    answers: { 200: ['`change` events, each with its instant.', null, { 'text/event-stream': STREAM }] },
  })
  stream(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    if (this.listeners >= MOST_LISTENERS)
      throw new ControlRefusal(409, 'too_many_listeners', `expected at most ${MOST_LISTENERS} listeners`);
    const { changes, clock } = this.simulator;
    const { raw } = reply;
    reply.hijack();
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': request.id,
      // Else nginx keeps them until its buffer is full.
      'x-accel-buffering': 'no',
    });
    raw.write(': listening\n\n');
    this.listeners += 1;
    let telling: NodeJS.Timeout | undefined;
    const tell = (): void => {
      telling = undefined;
      raw.write(`event: change\ndata: ${JSON.stringify({ at: iso(clock.now()) })}\n\n`);
    };
    const comment = setInterval(() => raw.write(': still here\n\n'), COMMENT_EVERY_MS);
    const forget = changes.listen({
      changed: () => (telling ??= setTimeout(tell, TOLD_AFTER_MS)),
      closed: () => raw.end(),
    });
    raw.once('close', () => {
      this.listeners -= 1;
      forget();
      clearInterval(comment);
      clearTimeout(telling);
    });
  }
}
