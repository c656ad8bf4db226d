import { All, Controller, HttpCode, Param, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UnreadableWebhook } from '../call-routing/index.js';
import { PlivoSignatureGuard, readRecordingWebhook, webhookOf } from '../plivo/index.js';
import { isUuid } from '../platform/ids.js';
import { NoteRecording, type RecordedCallPath } from './note-recording.js';
import { Documented } from '../platform/openapi/documented.js';
import { FORM } from '../call-routing/index.js';

/** Where Plivo tells that the recording of a call is ready. `@All`, because a wrong method is refused like a wrong signature. */
@Controller('plivo/:authId')
@UseGuards(PlivoSignatureGuard)
export class RecordingWebhooksController {
  constructor(private readonly noteRecording: NoteRecording) {}

  @All('sessions/:sessionId/calls/:callId/recording')
  @HttpCode(200)
  @Documented({
    summary: 'The recording of a call is ready',
    operationId: 'plivoRecording',
    body: FORM,
    answers: { 200: ['Noted.'] },
  })
  async recording(@Req() request: FastifyRequest, @Param() path: RecordedCallPath): Promise<string> {
    const webhook = webhookOf(request);
    const told = readRecordingWebhook(webhook.params);
    if (told === null || !isUuid(path.sessionId) || !isUuid(path.callId)) throw new UnreadableWebhook('recording');
    await this.noteRecording.webhook(webhook, path, told);
    return '';
  }
}
