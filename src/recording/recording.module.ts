import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { CallRoutingModule } from '../call-routing/index.js';
import { PlivoModule } from '../plivo/index.js';
import { SessionsModule } from '../sessions/index.js';
import { Config } from '../platform/settings/config.js';
import { DeleteOwnRecording } from './delete-own-recording.js';
import { DeleteRecording } from './delete-recording.js';
import { FetchRecording } from './fetch-recording.js';
import { FindRecording } from './find-recording.js';
import { ForgetRecordings } from './forget-recordings.js';
import { FollowCall } from './follow-call.js';
import { KeepRecordings } from './keep-recordings.js';
import { ListRecordings } from './list-recordings.js';
import { LookForRecording } from './look-for-recording.js';
import { MediaLinks } from './media-links.js';
import { NoteRecording } from './note-recording.js';
import { OpenMedia } from './open-media.js';
import { OwnRecordingsController } from './own-recordings.controller.js';
import { RecordingGuard } from './recording.guard.js';
import { RecordingStore } from './recording-store.js';
import { RecordingWebhooksController } from './recording-webhooks.controller.js';
import { RecordingsController } from './recordings.controller.js';
import { SendMedia } from './send-media.js';
import { ShowRecording } from './show-recording.js';
import { storeOf } from './store-of.js';

@Module({
  imports: [AccountsModule, PlivoModule, SessionsModule, CallRoutingModule],
  controllers: [OwnRecordingsController, RecordingsController, RecordingWebhooksController],
  providers: [
    {
      provide: RecordingStore,
      inject: [Config],
      useFactory: storeOf,
    },
    DeleteOwnRecording,
    DeleteRecording,
    FetchRecording,
    FindRecording,
    FollowCall,
    ForgetRecordings,
    KeepRecordings,
    ListRecordings,
    LookForRecording,
    MediaLinks,
    NoteRecording,
    OpenMedia,
    RecordingGuard,
    SendMedia,
    ShowRecording,
  ],
  exports: [RecordingStore, DeleteRecording, FindRecording, ForgetRecordings, KeepRecordings, SendMedia],
})
export class RecordingModule {}
