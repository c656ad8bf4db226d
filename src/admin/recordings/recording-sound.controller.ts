import { Controller, Get, Head, Param, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SendMedia, StoreUnreadable } from '../../recording/index.js';
import { Clock } from '../../platform/clock.js';
import { Database } from '../../platform/database/database.js';
import { Documented } from '../../platform/openapi/documented.js';
import { refTo } from '../../platform/openapi/schemas.js';
import { MayAsk } from '../access/roles.js';
import { AdminGuard } from '../admin.guard.js';
import { Audit } from '../audit/audit.js';

const SOUND = { 'audio/mpeg': { type: 'string', format: 'binary' }, 'audio/wav': { type: 'string', format: 'binary' } };
/** A player asks for a sound in many parts: one entry in the audit is about all of them. */
const ONE_LISTENING_MS = 10 * 60_000;
/** Listenings that are remembered; beyond it the audit says some of them twice. */
const MOST_REMEMBERED = 1_000;

type ReadyRecording = Awaited<ReturnType<SendMedia['ready']>>;

/** What the console's player asks. The links in lists are for customers' programs: here the audit says who has listened. */
@Controller('admin/recordings')
@UseGuards(AdminGuard)
export class RecordingSoundController {
  private readonly listenings = new Map<string, number>();

  constructor(
    private readonly sendMedia: SendMedia,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly audit: Audit,
  ) {}

  /** Before the GET: the framework's own HEAD would read the whole file. Nobody hears anything. */
  @Head(':id/sound')
  @MayAsk('support')
  @Documented({
    summary: "The headers of a recording's sound",
    operationId: 'headRecordingSound',
    answers: { 200: ['As of the GET.'] },
  })
  async head(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    await this.send(request, reply, await this.sendMedia.ready(id.toLowerCase()));
  }

  @Get(':id/sound')
  @MayAsk('support')
  @Documented({
    summary: 'The sound of a recording; the audit says who has listened',
    operationId: 'getRecordingSound',
    description: 'Ranges and If-None-Match work. 416 for a range that has no byte of it.',
    answers: {
      200: ['The sound.', null, SOUND],
      206: ['A part of it.', null, SOUND],
      304: ['The client has it.'],
      416: ['No byte of it is in this range.', null, { 'application/problem+json': refTo('Problem') }],
    },
    refusals: [StoreUnreadable],
  })
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    const recording = await this.sendMedia.ready(id.toLowerCase());
    await this.noteListening(request, recording.id);
    await this.send(request, reply, recording);
  }

  private async send(request: FastifyRequest, reply: FastifyReply, recording: ReadyRecording): Promise<void> {
    const body = {
      type: 'about:blank',
      title: 'Range Not Satisfiable',
      status: 416,
      code: 'range_not_satisfiable',
      detail: 'no byte of the recording is in this range',
      request_id: request.id,
    };
    await this.sendMedia.run(request, reply, recording, { type: 'application/problem+json', body });
  }

  /** Before a byte is sent. */
  private async noteListening(request: FastifyRequest, id: string): Promise<void> {
    const key = `${request.operator?.id} ${id}`;
    const now = this.clock.now();
    if (Math.abs(now - (this.listenings.get(key) ?? 0)) < ONE_LISTENING_MS) return;
    await this.database.transaction((tx) => this.audit.record(tx, { action: 'recording.heard', target: id }, request));
    this.listenings.delete(key);
    this.listenings.set(key, now);
    const [oldest] = this.listenings.keys();
    if (this.listenings.size > MOST_REMEMBERED && oldest !== undefined) this.listenings.delete(oldest);
  }
}
