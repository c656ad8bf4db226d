import type { Crypto } from '../crypto/crypto.js';
import { compareKeys, enterKeys, forgetKeys, keptKeys, refuseKeys } from '../crypto/kept-keys.js';
import { SEALED_TABLES } from '../crypto/sealed-columns.js';
import type { Database } from '../database/database.js';
import { countByKey } from './count-by-key.js';
import { living, processesByKey, type ProcessByKey } from './processes-by-key.js';
import { resealTable } from './reseal-table.js';

/** What is missed is what others were writing; more passes than this are somebody who writes with an old key all the time. */
const MOST_PASSES = 20;

interface Rotating {
  database: Database;
  crypto: Crypto;
  signal: AbortSignal;
  /** How far it is: of `total` values `sealed` are done. */
  tell: (progress: { sealed: number; total: number }) => void;
}

export interface Rotation {
  /** Values that were sealed anew now. */
  sealed: number;
  /** Of those that can be opened, how many were not as they should be when last looked at. */
  left: number;
  /** Values that none of the keys opens, and so no key is needed for. */
  unreadable: number;
  /** Ids of the keys that nothing needs any more, as of now. */
  forgotten: number[];
  /** They have not our first key: nothing was done. */
  unready: ProcessByKey[];
  /** They seal with another key still. */
  waitingFor: ProcessByKey[];
  isDone: boolean;
}

/**
 * Seals everything anew under the first key, while the service runs, and then forgets the others: a start without them is not refused any more. They are
 * forgotten only when a whole pass, begun when no process sealed with one of them, has found nothing to do.
 */
export async function rotateKeys({ database, crypto, signal, tell }: Rotating): Promise<Rotation> {
  const rotation: Rotation = {
    sealed: 0,
    left: 0,
    unreadable: 0,
    forgotten: [],
    unready: (await those(database, crypto, ({ opensOurs }) => !opensOurs)).alive,
    waitingFor: [],
    isDone: false,
  };
  if (rotation.unready.length > 0) return rotation;
  rotation.forgotten = await forgetUnused(database, crypto);
  await enterKeys(database, crypto);

  const counts = await countByKey(database);
  const total = counts.reduce((sum, { key, values }) => (key === crypto.sealingKeyId ? sum : sum + values), 0);
  for (let pass = 1; pass <= MOST_PASSES && !signal.aborted; pass++) {
    const others = await those(database, crypto, ({ key }) => key !== crypto.sealingKeyId);
    rotation.waitingFor = others.alive;
    const found = { sealed: 0, missed: 0, unreadable: 0 };
    for (const table of SEALED_TABLES) {
      const told = (sealed: number): void => {
        rotation.sealed += sealed;
        tell({ sealed: rotation.sealed, total });
      };
      const one = await resealTable(table, { database, crypto, signal, tell: told });
      for (const name of ['sealed', 'missed', 'unreadable'] as const) found[name] += one[name];
    }
    rotation.left = found.missed;
    rotation.unreadable = found.unreadable;
    if (signal.aborted || found.sealed + found.missed > 0) continue;
    if (rotation.waitingFor.length === 0) {
      const forgotten = await forgetOthers(database, crypto, others.dead);
      rotation.isDone = forgotten !== null;
      rotation.forgotten.push(...(forgotten ?? []));
    }
    break;
  }
  if (!rotation.isDone) rotation.left = await countLeft(database, crypto, rotation.unreadable);
  return rotation;
}

async function those(
  database: Database,
  crypto: Crypto,
  isOne: (process: ProcessByKey) => boolean,
): Promise<{ alive: ProcessByKey[]; dead: ReadonlySet<string> }> {
  const found = (await database.read((manager) => processesByKey(manager, crypto))).filter(isOne);
  const alive = await living(database, found);
  return { alive, dead: new Set(found.filter((one) => !alive.includes(one)).map(({ id }) => id)) };
}

async function countLeft(database: Database, crypto: Crypto, unreadable: number): Promise<number> {
  const counts = await countByKey(database);
  const left = counts.reduce((sum, { key, values }) => (key === crypto.sealingKeyId ? sum : sum + values), 0);
  return Math.max(0, left - unreadable);
}

/** Keys that are not in the settings any more, and that no value and no process needs: they were in use, and had nothing left to seal when they went. */
async function forgetUnused(database: Database, crypto: Crypto): Promise<number[]> {
  const { other, missing } = compareKeys(crypto, await database.read((manager) => keptKeys(manager)));
  if (other !== null || missing.length === 0) return [];
  const counts = await countByKey(database);
  const needed = new Set(counts.map(({ key }) => key));
  const sealing = await those(database, crypto, ({ key }) => missing.includes(key));
  if (missing.some((id) => needed.has(id)) || sealing.alive.length > 0) {
    await database.read((manager) => refuseKeys(manager, crypto));
    return [];
  }
  await database.transaction((tx) => forgetKeys(tx, missing));
  return missing;
}

/** Null where a process has begun meanwhile that seals with another. */
async function forgetOthers(database: Database, crypto: Crypto, dead: ReadonlySet<string>): Promise<number[] | null> {
  return database.transaction(async (tx) => {
    // Who begins enters itself first and then waits for this lock (`enterKeys`): it is seen here, or finds its key forgotten and enters that anew.
    const kept = await keptKeys(tx, database.forUpdate);
    const begun = (await processesByKey(tx, crypto)).filter(
      ({ id, key }) => key !== crypto.sealingKeyId && !dead.has(id),
    );
    if (begun.length > 0) return null;
    const others = [...kept.keys()].filter((id) => id !== crypto.sealingKeyId);
    if (others.length > 0) await forgetKeys(tx, others);
    return others;
  });
}
