import type { Readable } from 'node:stream';
import { Controller, Get, Head, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '../platform/errors.js';
import { readRange, type ByteRange } from './byte-range.js';
import { readName } from './media-links.js';
import { isReady, OpenMedia, type ReadyRecording } from './open-media.js';
import { RecordingGuard } from './recording.guard.js';
import { docUrlOf } from '../platform/http/error-answer.js';
import { Documented } from '../platform/openapi/documented.js';
import { LinkRefused, StoreUnreadable } from './recording.errors.js';
import { READ_RECORDING, ShowRecording } from './show-recording.js';
import { refTo, type Schema } from '../platform/openapi/schemas.js';

const TYPES = { mp3: 'audio/mpeg', wav: 'audio/wav' };

const MEDIA = { 'audio/mpeg': { type: 'string', format: 'binary' }, 'audio/wav': { type: 'string', format: 'binary' } };
/** A link that we signed opens a sound without credentials. */
const LINKED: readonly Record<string, readonly string[]>[] = [{ basic: [] }, {}];
const LINK: Record<string, Schema> = {
  expires: { type: 'integer', description: 'Of a link: seconds since 1970.' },
  signature: { type: 'string', description: 'Of a link.' },
};

/** What the URLs of recordings in interactions and callbacks lead to. */
@ApiTags('Recordings')
@Controller('v1/Account/:authId/Recording')
@UseGuards(RecordingGuard)
export class RecordingsController {
  constructor(
    private readonly showRecording: ShowRecording,
    private readonly openMedia: OpenMedia,
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
      'Ranges and If-None-Match work. The sound is there with credentials, or with the link in `recording_url`, which holds for 5 minutes. 416 for a range that has no byte of it.',
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
    await this.sendMedia(request, reply, recording);
  }

  private async sendMedia(request: FastifyRequest, reply: FastifyReply, recording: ReadyRecording): Promise<void> {
    const { id, format, size, checksum } = recording;
    const { headers, method } = request;
    const etag = `"${checksum}"`;
    void reply.headers({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'content-disposition': `attachment; filename="${id}.${format}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'content-type': TYPES[format],
      etag,
    });
    if (headers['if-none-match'] === etag) return void (await reply.code(304).send());

    const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
    const asked = readRange(isSame ? headers.range : undefined, size);
    if (asked === 'outside') {
      const error = {
        api_id: request.id,
        error: 'no byte of the recording is in this range',
        error_code: 'range_not_satisfiable',
        doc_url: docUrlOf('range_not_satisfiable'),
      };
      void reply.header('content-range', `bytes */${size}`).removeHeader('content-disposition');
      return void (await reply.code(416).type('application/json; charset=utf-8').send(error));
    }
    const range = asked === 'whole' ? { from: 0, to: size - 1 } : asked;
    const sound = method === 'HEAD' ? undefined : await this.opened(reply, recording, range);
    if (asked !== 'whole') void reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${size}`);
    await reply.header('content-length', range.to - range.from + 1).send(sound);
  }

  /** What describes the sound does not stand over an error. */
  private async opened(reply: FastifyReply, recording: ReadyRecording, range: ByteRange): Promise<Readable> {
    try {
      return await this.openMedia.run(recording, range);
    } catch (error) {
      for (const name of ['accept-ranges', 'content-disposition', 'etag']) void reply.removeHeader(name);
      throw error;
    }
  }
}

interface RecordingPath {
  authId: string;
  name: string;
}
