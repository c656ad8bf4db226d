import { All, Controller, HttpCode, Param, Req, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { UnreadableWebhook } from '../call-routing/index.js';
import { PlivoSignatureGuard, readRecordingWebhook, webhookOf } from '../plivo/index.js';
import { isUuid } from '../platform/ids.js';
import { NoteRecording, type RecordedCallPath } from './note-recording.js';

/** Where Plivo tells that the recording of a call is ready. `@All`, because a wrong method is refused like a wrong signature. */
@ApiExcludeController()
@Controller('plivo/:authId')
@UseGuards(PlivoSignatureGuard)
export class RecordingWebhooksController {
  constructor(private readonly noteRecording: NoteRecording) {}

  @All('sessions/:sessionId/calls/:callId/recording')
  @HttpCode(200)
  async recording(@Req() request: FastifyRequest, @Param() path: RecordedCallPath): Promise<string> {
    const webhook = webhookOf(request);
    const told = readRecordingWebhook(webhook.params);
    if (told === null || !isUuid(path.sessionId) || !isUuid(path.callId)) throw new UnreadableWebhook('recording');
    await this.noteRecording.webhook(webhook, path, told);
    return '';
  }
}
