import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { authId, id, instant, large, nullable, word } from '../platform/database/columns.js';
import { tableOf } from '../platform/database/rows.js';

/**
 * `ordered`: the call may yet be answered. `recording`: both have answered. `fetching`: Plivo has it, we do not. `ready`: it can be heard here.
 * `failed`: it cannot; `reason` says why. `none`: nobody answered. `deleting`: gone for everybody, its copies not yet. `deleted`: gone.
 */
export type RecordingStatus =
  'ordered' | 'recording' | 'fetching' | 'ready' | 'failed' | 'none' | 'deleting' | 'deleted';

/** `missing`: Plivo has none of this call. `address`: Plivo's address of it may not be asked. `media`: Plivo did not hand it out. `store`: it could not be kept. */
export type RecordingFailureReason = 'missing' | 'address' | 'media' | 'store';

/** A recording of a call that was connected with the order to record it: mostly the one, from the order on; what else Plivo makes of the same call has a row from when it is named. */
@Entity('recording')
@Index('recording_call', ['callId'])
@Index('recording_session', ['sessionId', 'createdAt'])
@Index('recording_created', ['createdAt', 'id'])
@Index('recording_account', ['accountId', 'createdAt', 'id'])
@Index('recording_subaccount', ['subaccountId', 'createdAt', 'id'])
@Index('recording_status', ['status', 'accountId', 'createdAt'])
export class Recording {
  /** Ours. Plivo's id is as good as its media address, so nobody is told it. */
  @PrimaryColumn(id()) id!: string;
  @Column({ ...authId(), name: 'account_id' }) accountId!: string;
  /** The session's. */
  @Column({ ...authId(), ...nullable, name: 'subaccount_id' }) subaccountId!: string | null;
  @Column({ ...id(), name: 'session_id' }) sessionId!: string;
  @Column({ ...id(), name: 'call_id' }) callId!: string;
  /** Plivo's CallUUID of that call, from when Plivo has named the recording; null in rows of earlier versions. */
  @Column({ ...word(64), ...nullable, name: 'call_uuid' }) callUuid!: string | null;
  @Column(word(3)) format!: 'mp3' | 'wav';
  @Column(word(9)) status!: RecordingStatus;
  /** While it is fetched: why it is not here yet. */
  @Column({ ...word(16), ...nullable }) reason!: RecordingFailureReason | null;
  /** Sealed. Null once Plivo has deleted it. */
  @Column({ ...word(200), ...nullable, name: 'plivo_id' }) plivoId!: string | null;
  /** Keyed digest of Plivo's id. */
  @Column({ ...word(43), ...nullable, name: 'plivo_index' }) plivoIndex!: string | null;
  /** Sealed. */
  @Column({ type: 'text', nullable: true, name: 'media_url' }) mediaUrl!: string | null;
  @Column({ type: 'int', nullable: true, name: 'duration_ms' }) durationMs!: number | null;
  /** Plivo's own instants. */
  @Column({ ...instant(), ...nullable, name: 'started_at' }) startedAt!: number | null;
  @Column({ ...instant(), ...nullable, name: 'ended_at' }) endedAt!: number | null;
  /** When its call was connected; retention counts from here. */
  @Column({ ...instant(), name: 'created_at' }) createdAt!: number;
  /** When Plivo first named it. */
  @Column({ ...instant(), ...nullable, name: 'fetch_since' }) fetchSince!: number | null;
  /** Fetches that failed. */
  @Column({ type: 'int' }) attempts!: number;
  /** Name in the store, a new one for every attempt: an attempt that lost its lease cannot touch its successor's file. */
  @Column({ ...word(60), ...nullable }) file!: string | null;
  /** Sealed. Belongs to `file` alone; without it the file is noise. */
  @Column({ ...word(200), ...nullable, name: 'file_key' }) fileKey!: string | null;
  /** Bytes of the media; the stored file is a little longer. */
  @Column({ ...large(), ...nullable }) size!: number | null;
  /** SHA-256 of the media, base64url. */
  @Column({ ...word(43), ...nullable }) checksum!: string | null;
  @Column({ ...instant(), ...nullable, name: 'ready_at' }) readyAt!: number | null;
  @Column({ ...instant(), ...nullable, name: 'deleted_at' }) deletedAt!: number | null;
}

export const RECORDINGS = tableOf(Recording);
