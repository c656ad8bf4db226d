import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReadCallFacts } from '../call-routing/index.js';
import {
  FindRecording,
  RecordingFailed,
  RecordingReady,
  RecordingStarted,
  type FoundRecording,
} from '../recording/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { AddCallback } from './add-callback.js';
import { eventTime } from './callback-body.js';
import { CallbackTarget } from './callback-target.js';

type Told = RecordingStarted | RecordingReady | RecordingFailed;

/** Tells customers of recordings, at `recording_callback_url`: that one is on, that it can be fetched from us, that there is none. */
@Injectable()
export class TellRecordings implements OnModuleInit {
  constructor(
    private readonly clock: Clock,
    private readonly events: Events,
    private readonly target: CallbackTarget,
    private readonly addCallback: AddCallback,
    private readonly readCallFacts: ReadCallFacts,
    private readonly findRecording: FindRecording,
  ) {}

  onModuleInit(): void {
    this.events.subscribe(RecordingStarted, (tx, told) => this.tell(tx, 'SessionRecordingInitiated', told));
    this.events.subscribe(RecordingReady, (tx, told) => this.tell(tx, 'SessionRecordingCompleted', told));
    this.events.subscribe(RecordingFailed, (tx, told) => this.tell(tx, 'SessionRecordingFailed', told));
  }

  private async tell(tx: Tx, event: string, { accountId, sessionId, callId, recordingId }: Told): Promise<void> {
    const target = await this.target.find(tx, accountId, sessionId, 'recording');
    if (!target || (await isTold(tx, callId, event))) return;
    const recording = await this.findRecording.run(tx, recordingId);
    const call = await this.readCallFacts.run(tx, callId);
    if (!recording || !call) return;
    await this.addCallback.run(tx, target, {
      event,
      at: this.clock.now(),
      callId,
      from: call.caller ?? '',
      to: call.dialled ?? '',
      extra: parametersOf(recording),
    });
  }
}

/** A recording that turned up after all can fail or become ready a second time; each event is told once. */
async function isTold(tx: Tx, callId: string, event: string): Promise<boolean> {
  const rows = (await tx.query('SELECT id FROM callback WHERE call_id = ? AND event = ?', [
    callId,
    event,
  ])) as unknown[];
  return rows.length > 0;
}

/** The format with its dot, as the written contract has it; what is not known yet is empty. */
function parametersOf(recording: FoundRecording): [string, string][] {
  const { recordingId, mediaUrl, resourceUrl, durationSeconds, startedAt, endedAt, format, status } = recording;
  const time = (instant: number | null): string => (instant === null ? '' : eventTime(instant));
  return [
    ['RecordingUUID', recordingId],
    ['RecordingURL', status === 'ready' ? mediaUrl : ''],
    ['RecordingResourceURL', resourceUrl],
    ['RecordingDuration', durationSeconds === null ? '' : String(durationSeconds)],
    ['RecordingStartTime', time(startedAt)],
    ['RecordingEndTime', time(endedAt)],
    ['RecordingFormat', `.${format}`],
  ];
}
