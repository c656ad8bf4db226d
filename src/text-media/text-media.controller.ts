import { Controller, Get, Head, Param, Query, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StoreUnreadable } from '../recording/index.js';
import { NotFound } from '../platform/errors.js';
import { Documented } from '../platform/openapi/documented.js';
import type { Schema } from '../platform/openapi/schemas.js';
import { MEDIA_TYPES } from './clean-media.js';
import { OpenPicture } from './open-picture.js';
import { PictureLinks } from './picture-links.js';

const MEDIA = Object.fromEntries(
  Object.values(MEDIA_TYPES).map((type) => [type, { type: 'string', format: 'binary' }]),
);
const LINK: Record<string, Schema> = {
  expires: { type: 'integer', description: 'Seconds since 1970.' },
  signature: { type: 'string', description: 'Ours.' },
};

/** Where Plivo fetches what is sent on with a text. A link that is over, wrong, or of something that is gone: 404, each the same. */
@ApiTags('Texts')
@Controller('v1/Media')
export class TextMediaController {
  constructor(
    private readonly links: PictureLinks,
    private readonly openPicture: OpenPicture,
  ) {}

  /** Before the GET: the framework's own HEAD would read the whole file. */
  @Head(':name')
  @Documented({
    summary: 'The headers of a picture that a text is sent on with',
    operationId: 'headTextMedia',
    query: LINK,
    security: [],
    answers: { 200: ['As of the GET.'] },
    refusals: [NotFound, StoreUnreadable],
  })
  head(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('name') name: string,
    @Query() query: Record<string, unknown>,
  ): Promise<void> {
    return this.get(request, reply, name, query);
  }

  @Get(':name')
  @Documented({
    summary: 'A picture that a text is sent on with, by the signed link that Plivo was given',
    operationId: 'getTextMedia',
    query: LINK,
    security: [],
    answers: { 200: ['The picture.', null, MEDIA] },
    refusals: [NotFound, StoreUnreadable],
  })
  async get(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('name') name: string,
    @Query() query: Record<string, unknown>,
  ): Promise<void> {
    const linked = this.links.opened(name, { expires: query['expires'], signature: query['signature'] });
    const picture = linked && (await this.openPicture.ready(linked));
    if (!picture) throw new NotFound();
    const body = request.method === 'HEAD' ? undefined : await this.openPicture.run(picture);
    await reply
      .headers({
        'cache-control': 'private, no-store',
        'content-disposition': `inline; filename="${picture.id}.${picture.format}"`,
        'content-security-policy': "default-src 'none'; sandbox",
        'content-length': picture.size,
        'content-type': MEDIA_TYPES[picture.format],
        'x-content-type-options': 'nosniff',
      })
      .send(body);
  }
}
