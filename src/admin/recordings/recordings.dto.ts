import type { FoundRecording } from '../../recording/index.js';
import { PageQuery } from '../page.dto.js';
import { IfGiven, isoText, SessionUuid } from '../values.dto.js';
import {
  authId,
  count,
  instant,
  orNull,
  pageSchema,
  shape,
  text,
  uuid,
  word,
  type Members,
} from '../../platform/openapi/schemas.js';

export class RecordingsQuery extends PageQuery {
  @IfGiven()
  @SessionUuid()
  session?: string;
}

/** A recording as operators see it; `recording_url` opens it for 5 minutes, and is left out for who may not listen (access/mask-numbers.ts). */
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

/** Of those states that are shown. */
const STATUSES = ['recording', 'fetching', 'ready', 'failed', 'deleting', 'deleted'];

export function recordingMembers(): Members<ReturnType<typeof shownRecording>> {
  return {
    recording_id: uuid('Ours.'),
    account: authId('Of the account.'),
    subaccount: orNull(text('Auth ID.', 'SAXXXXXXXXXXXXXXXXXX')),
    session_uuid: uuid('Of the session.'),
    call_id: uuid('Of the call.'),
    status: word('How it stands.', STATUSES),
    reason: orNull(word('Why it failed, or is not here yet.', ['missing', 'address', 'media', 'store'])),
    format: word('Of the sound.', ['mp3', 'wav']),
    duration_seconds: orNull(count('Null until Plivo has told.', 42)),
    bytes: orNull(count('Null until it is here.', 168_000)),
    created_at: orNull(instant('When its call was connected.')),
    started_at: orNull(instant('When it began.')),
    ended_at: orNull(instant('When it ended.')),
    ready_at: orNull(instant('Since when it can be heard.')),
    deleted_at: orNull(instant('When it was deleted.')),
    recording_url: orNull(
      text(
        'Opens it for 5 minutes; null unless it is ready, and to a role that may not listen.',
        'https://masking.example/v1/Account/…',
      ),
    ),
  };
}

export const RECORDING = shape<ReturnType<typeof shownRecording>>('KeptRecording', recordingMembers);
export const RECORDINGS_PAGE = pageSchema('KeptRecordings', RECORDING);
export const DELETED_RECORDING = shape<{ recording_id: string; status: string }>('DeletedRecording', () => ({
  recording_id: uuid('Ours.'),
  status: word('How it stands.', STATUSES),
}));
