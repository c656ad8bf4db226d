import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { PlivoModule } from '../plivo/index.js';
import { RecordingModule } from '../recording/index.js';
import { DeleteMedia } from './delete-media.js';
import { FetchMedia } from './fetch-media.js';
import { OpenPicture } from './open-picture.js';
import { PictureLinks } from './picture-links.js';
import { SendWithMedia } from './send-with-media.js';
import { TakeMedia } from './take-media.js';
import { TextMediaController } from './text-media.controller.js';

@Module({
  imports: [AccountsModule, PlivoModule, RecordingModule],
  controllers: [TextMediaController],
  providers: [DeleteMedia, FetchMedia, OpenPicture, PictureLinks, SendWithMedia, TakeMedia],
  exports: [DeleteMedia, SendWithMedia, TakeMedia],
})
export class TextMediaModule {}
