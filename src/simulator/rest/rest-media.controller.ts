import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Req,
  Res,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Documented } from '../../platform/openapi/documented.js';
import { anyObject } from '../../platform/openapi/schemas.js';
import { Simulator } from '../simulator.js';
import { mediaIdOf, type HeldPicture, type Text } from '../texts/text.js';
import { RestAuth } from './rest-auth.js';
import { notFound, RestErrorFilter, RestRefusal } from './rest-errors.js';
import { RestFaults } from './rest-faults.js';
import { seesCalls, viewerOf } from './viewer.js';

const ANSWER = anyObject('As this simulator shows it.');

/** Pictures of messages, in the API. Nothing documents that they can be deleted: `media_delete` of the settings says whether they can here. */
@Controller('simulator/v1/Account/:authId/Message/:uuid/Media')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class RestMediaController {
  constructor(private readonly simulator: Simulator) {}

  @Get()
  @Documented({
    summary: 'List media of a message',
    operationId: 'listPlivoMessageMedia',
    answers: { 200: ['Done.', ANSWER] },
  })
  list(@Req() request: FastifyRequest, @Param('uuid') uuid: string) {
    const text = messageOf(this.simulator, request, uuid);
    const objects = text.media.flatMap((picture, place) =>
      picture === null
        ? []
        : [
            {
              content_type: picture.type,
              media_id: mediaIdOf(uuid, place),
              media_url: `/v1/Account/${viewerOf(request).authId}/Message/${uuid}/Media/${mediaIdOf(uuid, place)}/`,
              message_uuid: uuid,
              size: picture.bytes.length,
            },
          ],
    );
    return { api_id: randomUUID(), meta: { total_count: objects.length, limit: 20, offset: 0 }, objects };
  }

  @Delete(':media')
  @HttpCode(204)
  @Documented({
    summary: 'Delete media of a message',
    operationId: 'deletePlivoMessageMedia',
    answers: { 204: ['Done.'] },
  })
  delete(@Req() request: FastifyRequest, @Param('uuid') uuid: string, @Param('media') media: string): void {
    if (this.simulator.settings.media_delete === 'refused') throw new RestRefusal(405, 'method not allowed');
    const text = messageOf(this.simulator, request, uuid);
    const place = placeOf(text, media);
    text.media[place] = null;
  }
}

/** Where the pictures themselves are: for who has the credentials of whose message it was, as an account set up with care demands. */
@Controller('simulator/media/v1/Account/:authId/Message/:uuid/Media')
@UseGuards(RestAuth)
@UseInterceptors(RestFaults)
@UseFilters(RestErrorFilter)
export class MessageMediaController {
  constructor(private readonly simulator: Simulator) {}

  @Get(':media')
  @Documented({
    summary: 'A picture of a message',
    operationId: 'getPlivoMessageMedia',
    answers: { 200: ['The picture.', null, { 'application/octet-stream': { type: 'string', format: 'binary' } }] },
  })
  async get(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('uuid') uuid: string,
    @Param('media') media: string,
  ): Promise<void> {
    const text = messageOf(this.simulator, request, uuid);
    const { type, bytes } = text.media[placeOf(text, media)] as HeldPicture;
    void reply.type(type).header('content-length', bytes.length);
    await reply.send(request.isTruncated ? Readable.from(firstHalf(bytes), { objectMode: false }) : bytes);
  }
}

/** Then an error, upon which the connection is cut. */
function* firstHalf(bytes: Buffer): Generator<Buffer> {
  yield bytes.subarray(0, bytes.length / 2);
  throw new Error('broken off on purpose');
}

function messageOf(simulator: Simulator, request: FastifyRequest, uuid: string): Text {
  const text = simulator.texts.texts.get(uuid);
  if (text === undefined || !seesCalls(simulator, viewerOf(request), text)) throw notFound();
  return text;
}

function placeOf(text: Text, media: string): number {
  const place = text.media.findIndex((picture, at) => picture !== null && mediaIdOf(text.uuid, at) === media);
  if (place === -1) throw notFound();
  return place;
}
