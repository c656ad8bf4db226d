import type { FoundRecording } from '../../recording/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, isoText, SessionUuid } from '../values.dto.js';

export class RecordingsQuery extends PageQuery {
  @IfGiven()
  @SessionUuid()
  session?: string;
}

/** A recording as operators see it; `recording_url` opens it for 5 minutes. */
export function shownRecording(recording: FoundRecording) {
  return {
    recording_id: recording.recordingId,
    account: recording.accountId,
    subaccount: recording.subaccountId,
    session_uuid: recording.sessionId,
    call_id: recording.callId,
    status: recording.status,
    reason: recording.reason,
    format: recording.format,
    duration_seconds: recording.durationSeconds,
    bytes: recording.size,
    created_at: isoText(recording.createdAt),
    started_at: isoText(recording.startedAt),
    ended_at: isoText(recording.endedAt),
    ready_at: isoText(recording.readyAt),
    deleted_at: isoText(recording.deletedAt),
    recording_url: recording.link,
  };
}
