import { Controller, Get, Header, Param, StreamableFile } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { NotFound } from '../platform/errors.js';
import { isCadence, ringToneWav } from './answer/ring-tone.js';

/** The sound of our ring tones. Plivo fetches it as any media, without a signature; there is nothing to hide in it. */
@ApiExcludeController()
@Controller('ring-tones')
export class RingTonesController {
  @Get(':file')
  @Header('Cache-Control', 'public, max-age=86400')
  file(@Param('file') file: string): StreamableFile {
    const [, cadence = ''] = /^([a-z]{2})\.wav$/.exec(file) ?? [];
    if (!isCadence(cadence)) throw new NotFound();
    const wav = ringToneWav(cadence);
    return new StreamableFile(wav, { type: 'audio/wav', length: wav.length });
  }
}
