import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { NotFound } from '../platform/errors.js';
import { isCadence, ringToneWav } from './answer/ring-tone.js';
import { Documented } from '../platform/openapi/documented.js';

/** The sound of our ring tones. Plivo fetches it as any media, without a signature; there is nothing to hide in it. */
@Controller('ring-tones')
export class RingTonesController {
  @Get(':file')
  @Header('Cache-Control', 'public, max-age=86400')
  @Documented({
    summary: 'The sound of a ring tone, as Plivo fetches it',
    operationId: 'getRingTone',
    answers: { 200: ['The sound.', null, { 'audio/wav': { type: 'string', format: 'binary' } }] },
    refusals: [NotFound],
  })
  file(@Param('file') file: string): StreamableFile {
    const [, cadence = ''] = /^([a-z]{2})\.wav$/.exec(file) ?? [];
    if (!isCadence(cadence)) throw new NotFound();
    const wav = ringToneWav(cadence);
    return new StreamableFile(wav, { type: 'audio/wav', length: wav.length });
  }
}
