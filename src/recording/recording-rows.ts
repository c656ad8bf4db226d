import type { EntityManager } from 'typeorm';
import type { Crypto, SealedPlace } from '../platform/crypto/crypto.js';
import type { Recording } from './recording.entity.js';

/** A row of `recording` in our own names. */
export type RecordingRow = Recording;

/** One recording, by its own id or by its call's. `lock` holds the row until the transaction ends. */
export async function readRecording(
  manager: EntityManager,
  by: { id: string } | { callId: string },
  lock = '',
): Promise<RecordingRow | null> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['call_id', by.callId];
  const [row] = (await manager.query(`SELECT * FROM recording WHERE ${column} = ? ${lock}`, [value])) as WireRow[];
  return row ? recordingOf(row) : null;
}

/** As both drivers hand it out: bigints as text or as numbers. */
export type WireRow = Record<string, string | number | null>;

export function recordingOf(row: WireRow): RecordingRow {
  const text = (name: string) => row[name] as string | null;
  const number = (name: string) => (row[name] === null ? null : Number(row[name]));
  return {
    id: String(row['id']),
    accountId: String(row['account_id']),
    subaccountId: text('subaccount_id'),
    sessionId: String(row['session_id']),
    callId: String(row['call_id']),
    format: row['format'] as Recording['format'],
    status: row['status'] as Recording['status'],
    reason: row['reason'] as Recording['reason'],
    plivoId: text('plivo_id'),
    plivoIndex: text('plivo_index'),
    mediaUrl: text('media_url'),
    durationMs: number('duration_ms'),
    startedAt: number('started_at'),
    endedAt: number('ended_at'),
    createdAt: Number(row['created_at']),
    fetchSince: number('fetch_since'),
    attempts: Number(row['attempts']),
    file: text('file'),
    fileKey: text('file_key'),
    size: number('size'),
    checksum: text('checksum'),
    readyAt: number('ready_at'),
    deletedAt: number('deleted_at'),
  };
}

/** Where a sealed column of a recording stands. */
export function sealedPlace(
  column: 'plivo_id' | 'media_url' | 'file_key',
  { id, accountId }: Pick<RecordingRow, 'id' | 'accountId'>,
): SealedPlace {
  return { column: `recording.${column}`, row: id, account: accountId };
}

/** Tells Plivo's recordings apart without saying which they are. */
export function plivoIndexOf(crypto: Crypto, accountId: string, plivoId: string): string {
  return crypto.fingerprint(`recording|${accountId}|${plivoId}`);
}
