import { createHmac, hkdfSync } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import type { EncryptionKey } from '../settings/encryption-keys.js';
import { Crypto, type SealedPlace } from './crypto.js';
import { enterKeys, forgetKeys, keptKeys, refuseKeys } from './kept-keys.js';
import { SEALED_TABLES } from './sealed-columns.js';

const [ONE, TWO, THREE] = [1, 2, 3].map((id): EncryptionKey => ({ id, key: Buffer.alloc(32, id) })) as [
  EncryptionKey,
  EncryptionKey,
  EncryptionKey,
];
const PLACE: SealedPlace = { column: 'api_token.token', row: 'r', account: 'a' };

describe('several encryption keys', () => {
  it('all open, and the first seals, which its values say', () => {
    const [old, both, swapped] = [new Crypto(ONE.key), new Crypto([ONE, TWO]), new Crypto([TWO, ONE])];
    const [first, second] = [both.seal(PLACE, 'x'), swapped.seal(PLACE, 'y')];
    expect([first, second]).toEqual([expect.stringMatching(/^1\./), expect.stringMatching(/^2\./)]);
    expect([old, both, swapped].map((crypto) => crypto.open(PLACE, first))).toEqual(['x', 'x', 'x']);
    expect([both, swapped].map((crypto) => crypto.open(PLACE, second))).toEqual(['y', 'y']);
    expect(() => old.open(PLACE, second)).toThrow('a key that ENCRYPTION_KEYS does not have');
    expect(() => both.open(PLACE, `1${second.slice(1)}`)).toThrow();
  });

  it('leave indexes and fingerprints as earlier versions made them of their one key', () => {
    const before = (purpose: string, text: string): Buffer =>
      createHmac('sha256', Buffer.from(hkdfSync('sha256', ONE.key, '', `masking:${purpose}`, 32)))
        .update(text)
        .digest();
    for (const crypto of [new Crypto(ONE.key), new Crypto([TWO, ONE]), new Crypto([THREE, ONE, TWO])]) {
      expect(crypto.index('a', 'party', '1')).toBe(before('index:a', 'party:1').subarray(0, 16).toString('base64url'));
      expect(crypto.fingerprint('x')).toBe(before('fingerprint', 'x').toString('base64url'));
    }
  });
});

describeOnEachDatabase('the keys of a database', (open) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    for (const table of ['key_check', 'search_key', 'api_token']) await test.dataSource.query(`DELETE FROM ${table}`);
  });

  const enter = async (...keys: EncryptionKey[]): Promise<Crypto> => {
    const crypto = new Crypto(keys);
    await enterKeys(test.database, crypto);
    return crypto;
  };
  const ids = async (): Promise<number[]> => [...(await test.database.read(keptKeys)).keys()];
  const indexOf = (crypto: Crypto): string => crypto.index('a', 'party', '14155550123');

  it('are written down before they seal, each once', async () => {
    await enter(ONE);
    await enter(ONE, TWO);
    expect(await ids()).toEqual([1]);
    await enter(TWO, ONE);
    await enter(TWO, ONE);
    expect(await ids()).toEqual([1, 2]);
  });

  it('do not touch what rows are found by: not those of a database that was filled before its first start', async () => {
    const filled = indexOf(new Crypto(ONE.key));
    const begun = [await enter(TWO, ONE), await enter(THREE, TWO, ONE), await enter(ONE, TWO, THREE)];
    expect(begun.map(indexOf)).toEqual([filled, filled, filled]);
  });

  it('agree on one search key though two begin at once', async () => {
    const begun = await Promise.all([enter(TWO, THREE), enter(TWO), enter(TWO, THREE), enter(TWO)]);
    expect(new Set(begun.map(indexOf)).size).toBe(1);
    expect(await test.dataSource.query('SELECT id FROM search_key')).toHaveLength(1);
  });

  it('keep the search key of a database that began with another key than 1', async () => {
    const begun = await enter(TWO);
    expect(indexOf(await enter(THREE, TWO))).toBe(indexOf(begun));
  });

  it.each([
    ['another key', [{ id: 1, key: THREE.key }], 'ENCRYPTION_KEY  is not the key this database was written with'],
    ['another key 2', [{ id: 2, key: THREE.key }, ONE], 'ENCRYPTION_KEYS  key 2 is not the key 2 this database'],
    ['a key that was taken out too early', [TWO], 'ENCRYPTION_KEYS  key 1 is missing, and 3 stored values need it'],
    ['the later key left out', [ONE], 'ENCRYPTION_KEYS  key 2 is missing, and was in use; no stored value needs it'],
    ['none', null, 'ENCRYPTION_KEY  is lost'],
  ])('refuse %s', async (_, keys, words) => {
    await enter(ONE);
    const first = new Crypto([ONE]);
    for (const id of ['t1', 't2'])
      await test.dataSource.query("INSERT INTO api_token VALUES (?, 'a', ?, 'issued', 0)", [
        id,
        first.seal({ ...PLACE, row: id }, 'token'),
      ]);
    await enter(TWO, ONE);
    const crypto = keys && new Crypto(keys);
    await expect(test.database.read((manager) => refuseKeys(manager, crypto))).rejects.toThrow(words);
    if (crypto) await expect(enterKeys(test.database, crypto)).rejects.toThrow(words);
    expect(await ids()).toEqual([1, 2]);
  });

  it('are not needed once forgotten, and versions that know no second key refuse to start then', async () => {
    await enter(ONE);
    await enter(TWO, ONE);
    await test.dataSource.query('DELETE FROM search_key');
    await enter(TWO, ONE);
    await test.database.transaction((tx) => forgetKeys(tx, [1]));
    await enter(TWO);
    expect(await ids()).toEqual([2]);
    expect(await test.dataSource.query('SELECT check_value FROM key_check WHERE id = 1')).toEqual([
      { check_value: '' },
    ]);
    await enter(ONE, TWO);
    expect(await ids()).toEqual([1, 2]);
  });

  it('stand in columns that are there, by their primary keys', () => {
    for (const { table, key, columns } of SEALED_TABLES) {
      const entity = test.dataSource.entityMetadatas.find(({ tableName }) => tableName === table);
      expect([table, entity?.primaryColumns.map(({ databaseName }) => databaseName)]).toEqual([table, [...key]]);
      expect(entity?.columns.map(({ databaseName }) => databaseName)).toEqual(expect.arrayContaining([...columns]));
    }
  });
});
