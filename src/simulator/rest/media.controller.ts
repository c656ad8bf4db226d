import { Readable } from 'node:stream';
import { Controller, Get, Param, Req, Res, UseFilters, UseGuards, UseInterceptors } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mediaOf } from '../media/media.js';
import { Simulator } from '../simulator.js';
import { RestAuth } from './rest-auth.js';
import { notFound, RestErrorFilter } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { seesCalls, viewerOf } from './viewer.js';
import { Documented } from '../../platform/openapi/documented.js';

/** The media host: a recording's sound, for who has the credentials of the account, or of the subaccount that the call was of, as an account set up with care demands. */
@Controller('simulator/media/v1/Account/:authId/Recording')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class MediaController {
  constructor(private readonly simulator: Simulator) {}

  @Get(':file')
  @Documented({
    summary: 'The sound of a recording',
    operationId: 'getPlivoMedia',
    answers: { 200: ['The sound.', null, { 'audio/mpeg': { type: 'string', format: 'binary' } }] },
  })
  async get(@Param('file') file: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [id = '', format] = file.split('.');
    const kept = this.simulator.recordings.get(id);
    if (kept === null || kept.recording.format !== format) throw notFound();
    if (!seesCalls(this.simulator, viewerOf(request), kept.call)) throw notFound();
    const { startedAt, endedAt } = kept.span;
    const { length, type, bytes } = mediaOf(format, endedAt - startedAt);
    void reply.type(type).header('content-length', length);
    await reply.send(Readable.from(request.isTruncated ? firstHalf(bytes(), length) : bytes(), { objectMode: false }));
  }
}

/** Then an error, upon which the connection is cut. */
function* firstHalf(bytes: Generator<Buffer>, length: number): Generator<Buffer> {
  let left = Math.ceil(length / 2);
  for (const piece of bytes) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) throw new Error('broken off on purpose');
  }
}
