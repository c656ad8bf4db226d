import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { readRange, type ByteRange } from './byte-range.js';
import { isReady, OpenMedia, type ReadyRecording } from './open-media.js';
import { readRecording } from './recording-rows.js';

const TYPES = { mp3: 'audio/mpeg', wav: 'audio/wav' };

/** Answers with the sound of a recording, or the part of it that was asked for. Ranges, `If-Range` and `If-None-Match` work. */
@Injectable()
export class SendMedia {
  constructor(
    private readonly database: Database,
    private readonly openMedia: OpenMedia,
  ) {}

  /** A recording that can be heard, of whichever account. */
  async ready(recordingId: string): Promise<ReadyRecording> {
    const recording = await this.database.read((manager) => readRecording(manager, recordingId));
    if (!isReady(recording)) throw new NotFound('no recording that can be heard has this id');
    return recording;
  }

  /** `outside` is what a range is refused with that no byte is in: 416. */
  async run(
    request: FastifyRequest,
    reply: FastifyReply,
    recording: ReadyRecording,
    outside: { type: string; body: object },
  ): Promise<void> {
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
      void reply.header('content-range', `bytes */${size}`).removeHeader('content-disposition');
      return void (await reply.code(416).type(`${outside.type}; charset=utf-8`).send(JSON.stringify(outside.body)));
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
