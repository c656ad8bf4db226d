import type { EntityManager } from 'typeorm';
import { Database, type Tx } from '../database/database.js';
import { orStartOver } from '../database/key-races.js';
import { marks, selection } from '../database/rows.js';
import { isMissingTable } from '../database/transaction.js';
import { ConfigProblems } from '../settings/config-problems.js';
import { countSealedWith, type SealedCount } from './count-sealed.js';
import { Crypto, isEqualSecret, type SealedPlace } from './crypto.js';
import { KEY_CHECKS } from './key-check.entity.js';
import { SEARCH_KEYS } from './search-key.entity.js';

const KEPT = selection(KEY_CHECKS.pick(['id', 'checkValue']));
const SEARCH = selection(SEARCH_KEYS.pick(['sealed']));
const SEARCH_PLACE: SealedPlace = { column: 'search_key.sealed', row: '1', account: '' };

/** Ids of the keys that stored values may need, with what tells each from another. Empty where nothing was ever stored. */
export type KeptKeys = ReadonlyMap<number, string>;

export async function keptKeys(manager: EntityManager, lock = ''): Promise<KeptKeys> {
  try {
    // A key that nothing needs any more has an empty value: see `forgetKeys`.
    const rows = await KEPT.read(manager, `FROM key_check WHERE check_value <> '' ORDER BY id ${lock}`);
    return new Map(rows.map(({ id, checkValue }) => [id, checkValue]));
  } catch (error) {
    if (isMissingTable(error)) return new Map();
    throw error;
  }
}

/** What is wrong with our keys: the first that is another one than was stored with, and those that stored values need and we do not have. */
export function compareKeys(crypto: Crypto | null, kept: KeptKeys): { other: number | null; missing: number[] } {
  const missing: number[] = [];
  for (const [id, stored] of kept) {
    const ours = crypto?.checkValue(id) ?? null;
    if (ours === null) missing.push(id);
    else if (!isEqualSecret(ours, stored)) return { other: id, missing: [] };
  }
  return { other: null, missing };
}

/** Refuses keys that are lost, not those whose check values are stored, or too few. Nothing has been stored with any: all are right. */
export async function refuseKeys(manager: EntityManager, crypto: Crypto | null): Promise<void> {
  const { other, missing } = compareKeys(crypto, await keptKeys(manager));
  if (other !== null) throw otherKey(crypto, other);
  const [id] = missing;
  if (id === undefined) return;
  if (crypto === null) throw problem('ENCRYPTION_KEY', LOST);
  throw problem('ENCRYPTION_KEYS', missingText(id, await countSealedWith(manager, id)));
}

function otherKey(crypto: Crypto | null, id: number): ConfigProblems {
  return isAlone(crypto)
    ? problem('ENCRYPTION_KEY', OTHER_KEY)
    : problem('ENCRYPTION_KEYS', `key ${id} ${OTHER_KEY.replace('the key', `the key ${id}`)}`);
}

/**
 * Writes down that values are sealed with our first key from now on, before one is, and learns the search key; the first who comes makes it. What a
 * process begins with. Two that begin at the same time agree: who is later starts over and reads what the other has made.
 */
export async function enterKeys(database: Database, crypto: Crypto): Promise<void> {
  const searchKey = await database.transaction(async (tx) => {
    // Locked: not beside a rotation that finds this key unused and forgets it.
    const kept = await keptKeys(tx, database.forUpdate);
    const { other, missing } = compareKeys(crypto, kept);
    if (other !== null || missing.length > 0) return null;
    if (!kept.has(crypto.sealingKeyId)) await enter(tx, crypto);

    const [row] = await SEARCH.read(tx, 'FROM search_key WHERE id = 1');
    if (row) return crypto.open(SEARCH_PLACE, row.sealed);
    const made = crypto.exportSearchKey();
    await orStartOver(SEARCH_KEYS.insert(tx, { id: 1, sealed: crypto.seal(SEARCH_PLACE, made) }));
    return made;
  });
  if (searchKey === null) return database.read((manager) => refuseKeys(manager, crypto));
  crypto.useSearchKey(searchKey);
}

async function enter(tx: Tx, crypto: Crypto): Promise<void> {
  const [id, checkValue] = [crypto.sealingKeyId, crypto.checkValue() ?? ''];
  const [known] = await KEPT.read(tx, 'FROM key_check WHERE id = ?', [id]);
  if (known) await KEY_CHECKS.update(tx, { checkValue }, 'WHERE id = ?', [id]);
  else await orStartOver(KEY_CHECKS.insert(tx, { id, checkValue }));
}

/** Nothing is sealed with these any more. The rows stay, empty: versions that know no second key find that theirs is not it, and do not start. */
export async function forgetKeys(tx: Tx, ids: readonly number[]): Promise<void> {
  await KEY_CHECKS.update(tx, { checkValue: '' }, `WHERE id IN (${marks(ids)})`, ids);
}

function isAlone(crypto: Crypto | null): boolean {
  return crypto === null || (crypto.keyIds.length === 1 && crypto.sealingKeyId === 1);
}

function problem(name: string, text: string): ConfigProblems {
  return new ConfigProblems([{ name, text }]);
}

const LOST =
  'is lost: this database was written with one, and neither a setting nor DATA_DIR has it; put its file back, or name an empty database';
const OTHER_KEY =
  'is not the key this database was written with; set that key (or put back its file in DATA_DIR), or name an empty database';

function missingText(id: number, { values, isAll }: SealedCount): string {
  if (values === 0 && isAll)
    return `key ${id} is missing, and was in use; no stored value needs it any more: run "masking keys rotate", which forgets it, or put it back`;
  const many = values === 0 ? 'stored values' : `${isAll ? '' : 'at least '}${values} stored values`;
  const need = values === 1 && isAll ? 'needs' : 'need';
  return `key ${id} is missing, and ${values === 1 && isAll ? '1 stored value' : many} ${need} it; put it back behind the others, run "masking keys rotate", and take it out then`;
}
