import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res, UseGuards, UsePipes } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FollowCallbacks, type FollowedCallback } from '../../callbacks/index.js';
import { Config } from '../../platform/settings/config.js';
import { Database } from '../../platform/database/database.js';
import { NotFound } from '../../platform/errors.js';
import { Log } from '../../platform/logging/logger.js';
import { Documented } from '../../platform/openapi/documented.js';
import { text } from '../../platform/openapi/schemas.js';
import { maskedAnswer } from '../access/mask-numbers.js';
import { AdmitOperator } from '../access/admit-operator.js';
import { IsStream, MayAsk, ShowsVirtualNumbers } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { adminValidation } from '../admin-validation.js';
import { Audit } from '../audit/audit.js';
import { ListenQuery, readTarget, shownFollowed, TooManyCallbackListeners } from './listen.dto.js';

const MOST_LISTENERS = 20;
/** Proxies cut connections on which nothing comes; and so often it is asked whether the operator may still listen. */
const COMMENT_EVERY_MS = 15_000;
const STREAM = text(
  'Lines of events and comments.',
  'id: 1764417600000.0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f\nevent: callback\ndata: {"event":"SessionTimeout"}\n\n',
);

/** An account's callbacks as they are made: what `masking listen` shows and brings to a developer's machine. */
@Controller('admin/callbacks/listen')
@UseGuards(AdminGuard)
@UsePipes(adminValidation)
export class ListenController {
  private listeners = 0;

  constructor(
    private readonly followCallbacks: FollowCallbacks,
    private readonly admitOperator: AdmitOperator,
    private readonly config: Config,
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly log: Log,
  ) {}

  @Get()
  @MayAsk('support')
  @IsStream()
  @ShowsVirtualNumbers('VirtualNumber', 'RecordingURL', 'RecordingResourceURL')
  @Documented({
    summary: 'Server-sent events: the callbacks of an account as they are made',
    operationId: 'listenToCallbacks',
    description:
      'An event `callback` for each, whose data is JSON: what it is, its `parameters`, and with `sign_for` the `request` that brings it there. Numbers of parties are masked, in the signed request too, unless `reveal=true`. ' +
      'After a cut connection `after` goes on where it was; what was told within ten seconds of it is told again: the `id` in the data tells. A comment every 15 s. It ends with the token, and is audited.',
    answers: { 200: ['`callback` events.', null, { 'text/event-stream': STREAM }] },
    refusals: [NotFound, TooManyCallbackListeners],
  })
  async listen(
    @Query() { account, sign_for: signFor, after }: ListenQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const { publicUrl, port } = this.config.http;
    const target = readTarget(signFor, { publicUrl, port });
    await this.followCallbacks.check(account);
    if (request.method === 'HEAD') return Readable.from([]);
    if (this.listeners >= MOST_LISTENERS) throw new TooManyCallbackListeners();
    const details = { signed: target !== null };
    await this.database.transaction((tx) =>
      this.audit.record(tx, { action: 'callbacks.listened', target: account, details }, request),
    );
    void reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      // Else nginx keeps them until its buffer is full.
      .header('x-accel-buffering', 'no');
    return this.streamOf({ account, target, after }, request);
  }

  private streamOf(
    asked: { account: string; target: string | null; after: string | undefined },
    request: FastifyRequest,
  ): Readable {
    const gone = new AbortController();
    this.listeners += 1;
    const stream = Readable.from(this.events(asked, request, gone.signal), { objectMode: false });
    stream.once('close', () => {
      this.listeners -= 1;
      gone.abort();
    });
    return stream;
  }

  private async *events(
    { account, target, after }: { account: string; target: string | null; after: string | undefined },
    request: FastifyRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    let saidAt: number | null = null;
    const since = after === undefined ? null : Number(after.split('.', 1)[0]);
    try {
      for await (const callbacks of this.followCallbacks.run(account, since, signal)) {
        if (saidAt === null) {
          // Not before it is known what was there already: who reads this misses nothing that is made from here on.
          yield ': listening\n\n';
          saidAt = performance.now();
        } else if (performance.now() - saidAt >= COMMENT_EVERY_MS) {
          // While the database does not answer nobody is sent away.
          if (!(await this.admitOperator.isStillIn(request).catch(() => true))) return;
          saidAt = performance.now();
          yield ': still here\n\n';
        }
        for (const callback of callbacks) yield await this.eventOf(callback, target, request);
      }
    } catch (error) {
      this.log.warn('callbacks.listening_failed', { account, req_id: request.id, error });
      throw error;
    }
  }

  private async eventOf(callback: FollowedCallback, target: string | null, request: FastifyRequest): Promise<string> {
    const parameters = maskedAnswer(callback.parameters, request) as Record<string, string>;
    const signed = target === null ? null : await this.followCallbacks.signed(callback, parameters, target);
    const data = JSON.stringify(shownFollowed(callback, parameters, signed));
    return `id: ${callback.createdAt}.${callback.id}\nevent: callback\ndata: ${data}\n\n`;
  }
}
