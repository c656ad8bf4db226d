import type { EntityManager } from 'typeorm';
import type { Crypto, SealedPlace } from '../platform/crypto/crypto.js';
import { selection } from '../platform/database/rows.js';
import { RECORDINGS, type Recording } from './recording.entity.js';

/** Whole rows. */
export const WHOLE = selection(RECORDINGS.fields());
/** Which rows, for those that go on one by one. */
export const IDS = selection(RECORDINGS.pick(['id']));

/** One recording, by its own id or by its call's. `lock` holds the row until the transaction ends. */
export async function readRecording(
  manager: EntityManager,
  by: { id: string } | { callId: string },
  lock = '',
): Promise<Recording | null> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['call_id', by.callId];
  const [found] = await WHOLE.read(manager, `FROM recording WHERE ${column} = ? ${lock}`, [value]);
  return found ?? null;
}

/** Where a sealed column of a recording stands. */
export function sealedPlace(
  column: 'plivo_id' | 'media_url' | 'file_key',
  { id, accountId }: Pick<Recording, 'id' | 'accountId'>,
): SealedPlace {
  return { column: `recording.${column}`, row: id, account: accountId };
}

/** Tells Plivo's recordings apart without saying which they are. */
export function plivoIndexOf(crypto: Crypto, accountId: string, plivoId: string): string {
  return crypto.fingerprint(`recording|${accountId}|${plivoId}`);
}
