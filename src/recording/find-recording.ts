import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RecordingFailureReason, Recording, RecordingStatus } from './recording.entity.js';
import { exists } from '../platform/database/rows.js';
import { MediaLinks } from './media-links.js';
import { readRecording, WHOLE } from './recording-rows.js';

/** What other modules may know of a recording: nothing of Plivo's, nothing of its file. */
export interface FoundRecording {
  recordingId: string;
  accountId: string;
  subaccountId: string | null;
  sessionId: string;
  callId: string;
  format: 'mp3' | 'wav';
  status: RecordingStatus;
  /** Why it failed, or is not here yet. */
  reason: RecordingFailureReason | null;
  /** Whole seconds, rounded down as Plivo does; null until Plivo has told. */
  durationSeconds: number | null;
  startedAt: number | null;
  endedAt: number | null;
  /** When its call was connected. */
  createdAt: number;
  readyAt: number | null;
  deletedAt: number | null;
  /** Bytes of the media; null until it is here. */
  size: number | null;
  /** Where its sound is, for who has the account's credentials. */
  mediaUrl: string;
  /** Where what is known of it can be read. */
  resourceUrl: string;
  /** Opens the sound without credentials for five minutes; null unless it is ready. */
  link: string | null;
  /** Opens the sound without credentials as long as it is kept, so for whom it belongs to alone; null unless it is ready. */
  lastingLink: string | null;
}

export interface RecordingSearch {
  sessionId?: string | undefined;
  /** The last recording of the page before. */
  before?: { at: number; id: string } | undefined;
  limit: number;
}

/** Whether anything is kept of a recording of the account's, what is being deleted included. */
export function hasRecordings(manager: EntityManager, accountId: string): Promise<boolean> {
  return exists(manager, "FROM recording WHERE account_id = ? AND status <> 'deleted' LIMIT 1", [accountId]);
}

@Injectable()
export class FindRecording {
  constructor(private readonly links: MediaLinks) {}

  /** Null for one that nobody knows. Reads inside the transaction or read that asks. */
  async run(manager: EntityManager, recordingId: string): Promise<FoundRecording | null> {
    const row = await readRecording(manager, recordingId);
    return row ? this.shown(row) : null;
  }

  /** Newest call first. What nobody answered has no recording and is left out. */
  async search(manager: EntityManager, { sessionId, before, limit }: RecordingSearch): Promise<FoundRecording[]> {
    const found = await WHOLE.read(
      manager,
      `FROM recording WHERE status NOT IN ('ordered', 'none')${sessionId === undefined ? '' : ' AND session_id = ?'}
       ${before ? 'AND created_at <= ? AND (created_at < ? OR id < ?)' : ''} ORDER BY created_at DESC, id DESC LIMIT ?`,
      [...(sessionId === undefined ? [] : [sessionId]), ...(before ? [before.at, before.at, before.id] : []), limit],
    );
    return found.map((row) => this.shown(row));
  }

  private shown(row: Recording): FoundRecording {
    const { id, format, status, durationMs } = row;
    const media = { owner: row.subaccountId ?? row.accountId, recordingId: id, format };
    const mediaUrl = this.links.address(media);
    return {
      recordingId: id,
      accountId: row.accountId,
      subaccountId: row.subaccountId,
      sessionId: row.sessionId,
      callId: row.callId,
      format,
      status,
      reason: row.reason,
      durationSeconds: durationMs === null ? null : Math.floor(durationMs / 1000),
      startedAt: row.startedAt,
      endedAt: row.endedAt,
      createdAt: row.createdAt,
      readyAt: row.readyAt,
      deletedAt: row.deletedAt,
      size: row.size,
      mediaUrl,
      resourceUrl: mediaUrl.slice(0, -`.${format}`.length),
      link: status === 'ready' ? this.links.issue(media) : null,
      lastingLink: status === 'ready' ? this.links.issueForGood(media) : null,
    };
  }
}
