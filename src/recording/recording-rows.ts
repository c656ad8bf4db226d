import type { EntityManager } from 'typeorm';
import type { Crypto, SealedPlace } from '../platform/crypto/crypto.js';
import { selection } from '../platform/database/rows.js';
import { RECORDINGS, type Recording } from './recording.entity.js';

/** Whole rows. */
export const WHOLE = selection(RECORDINGS.fields());
/** Which rows, for those that go on one by one. */
export const IDS = selection(RECORDINGS.pick(['id']));

/** One recording. `lock` holds the row until the transaction ends. */
export async function readRecording(manager: EntityManager, id: string, lock = ''): Promise<Recording | null> {
  const [found] = await WHOLE.read(manager, `FROM recording WHERE id = ? ${lock}`, [id]);
  return found ?? null;
}

/** Those of a call, the one that was ordered first. */
export function recordingsOfCall(manager: EntityManager, callId: string, lock = ''): Promise<Recording[]> {
  return WHOLE.read(manager, `FROM recording WHERE call_id = ? ORDER BY id ${lock}`, [callId]);
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
