import { Controller, Get, Head, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '../platform/errors.js';
import { readName } from './media-links.js';
import { isReady } from './open-media.js';
import { RecordingGuard } from './recording.guard.js';
import { docUrlOf } from '../platform/http/error-answer.js';
import { Documented } from '../platform/openapi/documented.js';
import { LinkRefused, StoreUnreadable } from './recording.errors.js';
import { SendMedia } from './send-media.js';
import { READ_RECORDING, ShowRecording } from './show-recording.js';
import { refTo, type Schema } from '../platform/openapi/schemas.js';

const MEDIA = { 'audio/mpeg': { type: 'string', format: 'binary' }, 'audio/wav': { type: 'string', format: 'binary' } };
/** A link that we signed opens a sound without credentials. */
const LINKED: readonly Record<string, readonly string[]>[] = [{ basic: [] }, {}];
const LINK: Record<string, Schema> = {
  expires: { type: 'integer', description: 'Of a link that ends: seconds since 1970.' },
  signature: { type: 'string', description: 'Of a link.' },
};

/** What the URLs of recordings in interactions and callbacks lead to. */
@ApiTags('Recordings')
@Controller('v1/Account/:authId/Recording')
@UseGuards(RecordingGuard)
export class RecordingsController {
  constructor(
    private readonly showRecording: ShowRecording,
    private readonly sendMedia: SendMedia,
  ) {}

  /** Before the GET: the framework's own HEAD would read the whole file. */
  @Head(':name')
  @Documented({
    summary: 'The headers of a recording or of its sound',
    operationId: 'headRecording',
    query: LINK,
    security: LINKED,
    answers: { 200: ['As of the GET.'] },
    refusals: [LinkRefused],
  })
  head(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() path: RecordingPath): Promise<void> {
    return this.get(request, reply, path);
  }

  @Get(':name')
  @Documented({
    summary: 'A recording: `{id}` for what is known of it, `{id}.mp3` or `{id}.wav` for its sound',
    operationId: 'getRecording',
    description:
      'Ranges and If-None-Match work. The sound is there with credentials, or with a link: `recording_url` holds for 5 minutes, the `RecordingURL` of a callback as long as the recording is kept. 416 for a range that has no byte of it.',
    query: LINK,
    security: LINKED,
    answers: {
      200: ['What is known of it, or its sound.', READ_RECORDING, MEDIA],
      206: ['A part of its sound.', null, MEDIA],
      304: ['The client has it.'],
      416: ['No byte of it is in this range.', refTo('MaskingError')],
    },
    refusals: [LinkRefused, StoreUnreadable],
  })
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() path: RecordingPath): Promise<void> {
    const name = readName(path.name);
    if (name === null) throw new NotFound();
    if (name.format === undefined) {
      const shown = await this.showRecording.run(path.authId, name.recordingId);
      await reply.send({ api_id: request.id, ...shown });
      return;
    }
    const recording = await this.showRecording.row(path.authId, name.recordingId);
    if (!isReady(recording) || recording.format !== name.format) throw new NotFound();
    const refused = {
      api_id: request.id,
      error: 'no byte of the recording is in this range',
      error_code: 'range_not_satisfiable',
      doc_url: docUrlOf('range_not_satisfiable'),
    };
    await this.sendMedia.run(request, reply, recording, { type: 'application/json', body: refused });
  }
}

interface RecordingPath {
  authId: string;
  name: string;
}
