import type { Ground } from '../../platform/platform.module.js';
import { Crypto } from '../../platform/crypto/crypto.js';
import { keptKeys } from '../../platform/crypto/kept-keys.js';
import { Database } from '../../platform/database/database.js';
import { countByKey, type CountOfKey } from '../../platform/key-rotation/count-by-key.js';
import { living, processesByKey, type ProcessByKey } from '../../platform/key-rotation/processes-by-key.js';
import { rotateKeys as rotate, type Rotation } from '../../platform/key-rotation/rotate-keys.js';

export interface KeyStatus {
  keys: {
    id: number;
    is_in_settings: boolean;
    seals: boolean;
    is_in_use: boolean;
    values: number;
    recordings: number;
  }[];
  sealed: CountOfKey[];
  /** Values that other keys than the first have sealed. */
  left: number;
  processes: (Pick<ProcessByKey, 'host' | 'pid'> & { seals_with: number; opens_first: boolean })[];
}

/** What each key has sealed, and who seals with which. */
export async function keyStatus({ dataSource, secrets }: Ground): Promise<KeyStatus> {
  const [database, crypto] = [new Database(dataSource), new Crypto(secrets.encryptionKeys)];
  const kept = await database.read((manager) => keptKeys(manager));
  const sealed = await countByKey(database);
  const found = await database.read((manager) => processesByKey(manager, crypto));
  const { sealingKeyId, keyIds } = crypto;
  const sum = (id: number, column?: string): number =>
    sealed.reduce((all, one) => (one.key === id && (!column || one.column === column) ? all + one.values : all), 0);
  const ids = new Set([...keyIds, ...kept.keys(), ...sealed.flatMap(({ key }) => key ?? [])]);
  return {
    keys: [...ids].map((id) => ({
      id,
      is_in_settings: keyIds.includes(id),
      seals: id === sealingKeyId,
      is_in_use: kept.has(id),
      values: sum(id),
      recordings: sum(id, 'recording.file_key'),
    })),
    sealed,
    left: sealed.reduce((all, { key, values }) => (key === sealingKeyId ? all : all + values), 0),
    processes: (await living(database, found)).map(({ host, pid, key, opensOurs }) => ({
      host,
      pid,
      seals_with: key,
      opens_first: opensOurs,
    })),
  };
}

/** `tell` is called after each small batch. */
export async function rotateKeys(
  { dataSource, secrets }: Ground,
  how: { signal: AbortSignal; tell: (progress: { sealed: number; total: number }) => void },
): Promise<Rotation & { sealing_key: number }> {
  const crypto = new Crypto(secrets.encryptionKeys);
  const rotation = await rotate({ database: new Database(dataSource), crypto, ...how });
  return { ...rotation, sealing_key: crypto.sealingKeyId };
}
