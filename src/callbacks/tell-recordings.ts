import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ReadCallFacts } from '../call-routing/index.js';
import { FindRecording, RecordingFailed, RecordingReady, RecordingStarted } from '../recording/index.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { Events } from '../platform/events/events.js';
import { AddCallback, eventsTold } from './add-callback.js';
import { CallbackTarget } from './callback-target.js';
import { recordingEvent, type RecordingEvent } from './contract.js';

type RecordingNews = RecordingStarted | RecordingReady | RecordingFailed;

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

  private async tell(
    tx: Tx,
    event: RecordingEvent,
    { accountId, sessionId, callId, recordingId }: RecordingNews,
  ): Promise<void> {
    const target = await this.target.find(tx, accountId, sessionId, 'recording');
    if (!target) return;
    // One that turned up after all can fail or become ready a second time; and of a call that can be heard another recording may fail.
    const told = await eventsTold(tx, callId);
    if (told.has(event) || (event === 'SessionRecordingFailed' && told.has('SessionRecordingCompleted'))) return;
    const recording = await this.findRecording.run(tx, recordingId);
    const call = await this.readCallFacts.run(tx, callId);
    if (!recording || !call) return;
    const occasion = { at: this.clock.now(), callId, from: call.caller ?? '', to: call.dialled ?? '' };
    await this.addCallback.run(tx, target, recordingEvent(event, occasion, recording));
  }
}
