import type { Tx } from '../platform/database/database.js';
import { noteRecording } from '../sessions/index.js';
import type { Events } from '../platform/events/events.js';
import { RecordingStarted } from './recording.events.js';
import type { Recording } from './recording.entity.js';

/** A recording is on, or is known to have been: from here on the call has one. The caller has just moved it out of `ordered` or `none`, which happens once. */
export async function announceStart(tx: Tx, events: Events, recording: Recording): Promise<void> {
  const { accountId, sessionId, callId, id } = recording;
  await noteRecording(tx, callId, id);
  await events.publish(tx, new RecordingStarted(accountId, sessionId, callId, id));
}
