import type { Readable } from 'node:stream';
import { Controller, Get, Head, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBasicAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '../platform/errors.js';
import { readRange, type ByteRange } from './byte-range.js';
import { readName } from './media-links.js';
import { isReady, OpenMedia, type ReadyRecording } from './open-media.js';
import { RecordingGuard } from './recording.guard.js';
import { ShowRecording } from './show-recording.js';

const TYPES = { mp3: 'audio/mpeg', wav: 'audio/wav' };

/** What the URLs of recordings in interactions and callbacks lead to. */
@ApiTags('Recordings')
@ApiBasicAuth()
@Controller('v1/Account/:authId/Recording')
@UseGuards(RecordingGuard)
export class RecordingsController {
  constructor(
    private readonly showRecording: ShowRecording,
    private readonly openMedia: OpenMedia,
  ) {}

  /** Before the GET: the framework's own HEAD would read the whole file. */
  @Head(':name')
  @ApiOperation({ summary: 'The headers of a recording or of its sound', operationId: 'headRecording' })
  head(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() path: RecordingPath): Promise<void> {
    return this.get(request, reply, path);
  }

  @Get(':name')
  @ApiOperation({
    summary:
      'A recording: `{id}` for what is known of it, `{id}.mp3` or `{id}.wav` for its sound (ranges work; with credentials, or with the link in `recording_url`, which holds for 5 minutes)',
    operationId: 'getRecording',
  })
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() path: RecordingPath): Promise<void> {
    const name = readName(path.name);
    if (name === null) throw new NotFound();
    if (name.format === undefined) {
      const shown = await this.showRecording.run(path.authId, name.recordingId);
      await reply.header('cache-control', 'no-store').send({ api_id: request.id, ...shown });
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
      'x-content-type-options': 'nosniff',
      etag,
    });
    if (headers['if-none-match'] === etag) return void (await reply.code(304).send());

    const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
    const asked = readRange(isSame ? headers.range : undefined, size);
    if (asked === 'outside') {
      const error = { api_id: request.id, error: 'no byte of the recording is in this range' };
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
