import { Injectable } from '@nestjs/common';
import { FindCalls, type FoundCall } from '../call-routing/index.js';
import { Database } from '../platform/database/database.js';
import { NotFound } from '../platform/errors.js';
import { MediaLinks } from './media-links.js';
import type { Recording, RecordingStatus } from './recording.entity.js';
import { readRecording } from './recording-rows.js';
import { apiId, integer, orNull, shape, text, uuid, word, type Members } from '../platform/openapi/schemas.js';

/** States in which a customer sees a recording. */
export const SHOWN: ReadonlySet<RecordingStatus> = new Set(['recording', 'fetching', 'ready', 'failed']);

export type ShownRecording = ReturnType<ShowRecording['shown']>;

/** A recording as its customer sees it, in the fields of Plivo's own resource. Unknown, foreign and deleted ones are all not found. */
@Injectable()
export class ShowRecording {
  constructor(
    private readonly database: Database,
    private readonly findCalls: FindCalls,
    private readonly links: MediaLinks,
  ) {}

  /** `owner`: the account, which sees its subaccounts' recordings too, or a subaccount. */
  async row(owner: string, recordingId: string): Promise<Recording> {
    const recording = await this.database.read((manager) => readRecording(manager, recordingId));
    const isOwn = recording !== null && (recording.accountId === owner || recording.subaccountId === owner);
    if (!isOwn || !SHOWN.has(recording.status)) throw new NotFound();
    return recording;
  }

  async run(owner: string, recordingId: string) {
    const recording = await this.row(owner, recordingId);
    return this.shown(owner, recording, await this.findCalls.one(recording.callId));
  }

  /** `owner` is who is shown it: its Auth ID stands in the links. */
  shown(owner: string, recording: Recording, { call, virtualNumber }: FoundCall) {
    const { id: recordingId, format, durationMs, startedAt, endedAt, status, createdAt } = recording;
    return {
      add_time: `${new Date(endedAt ?? createdAt).toISOString().slice(0, 19).replace('T', ' ')}+00:00`,
      call_uuid: call.aLegUuid,
      conference_name: '',
      // Plivo names the caller here; whoever handles a recording need not learn the parties' numbers from it.
      from_number: '',
      to_number: virtualNumber ?? '',
      monthly_recording_storage_amount: 0,
      recording_duration_ms: decimalText(durationMs),
      recording_end_ms: decimalText(endedAt),
      recording_format: format,
      recording_id: recordingId,
      recording_start_ms: decimalText(startedAt),
      recording_status: status,
      recording_storage_duration: 0,
      recording_storage_rate: 0,
      recording_type: 'call',
      recording_url: status === 'ready' ? this.links.issue({ owner, recordingId, format }) : null,
      resource_uri: `/v1/Account/${owner}/Recording/${recordingId}/`,
      rounded_recording_duration: durationMs === null ? null : Math.ceil(durationMs / 60_000) * 60,
    };
  }
}

/** As Plivo writes milliseconds. */
function decimalText(milliseconds: number | null): string | null {
  return milliseconds === null ? null : `${milliseconds}.00000`;
}

const milliseconds = (description: string) => orNull(text(description, '42000.00000'));
const members = (): Members<ShownRecording> => ({
  add_time: text('UTC, when it ended.', '2026-11-29 17:00:00+00:00'),
  call_uuid: text("Plivo's, of the caller's leg.", '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f'),
  conference_name: text('Always empty.', ''),
  from_number: text('Always empty.', ''),
  to_number: text('The virtual number, digits.', '14155550100'),
  monthly_recording_storage_amount: integer('Always 0.', 0),
  recording_duration_ms: milliseconds('Null until it is known.'),
  recording_end_ms: milliseconds('Since 1970; null until it is known.'),
  recording_format: word('Of the sound.', ['mp3', 'wav']),
  recording_id: uuid('Ours.'),
  recording_start_ms: milliseconds('Since 1970; null until it is known.'),
  recording_status: word('ready: it can be heard.', [...SHOWN]),
  recording_storage_duration: integer('Always 0.', 0),
  recording_storage_rate: integer('Always 0.', 0),
  recording_type: text('Always the same.', 'call'),
  recording_url: orNull(
    text('Opens the sound for 5 minutes; null unless it is ready.', 'https://masking.example/v1/Account/…'),
  ),
  resource_uri: text('Its path.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Recording/0198f6a2-…/'),
  rounded_recording_duration: orNull(integer('Seconds of whole minutes; null until it is known.', 60)),
});

export const RECORDING_RESOURCE = shape<ShownRecording>('RecordingResource', members);
export const READ_RECORDING = shape<ShownRecording & { api_id: string }>('ReadRecording', () => ({
  api_id: apiId(),
  ...members(),
}));
