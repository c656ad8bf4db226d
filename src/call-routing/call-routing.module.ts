import { Module } from '@nestjs/common';
import { PlivoModule } from '../plivo/index.js';
import { SessionsModule } from '../sessions/index.js';
import { AnswerCall } from './answer-call.js';
import { NoteDial } from './note-dial.js';
import { NoteHangup } from './note-hangup.js';
import { PurgeWebhookReceipts } from './purge-webhook-receipts.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [PlivoModule, SessionsModule],
  controllers: [WebhooksController],
  providers: [AnswerCall, NoteHangup, NoteDial, PurgeWebhookReceipts],
  exports: [PurgeWebhookReceipts],
})
export class CallRoutingModule {}
