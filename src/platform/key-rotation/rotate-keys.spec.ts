import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityMetadata } from 'typeorm';
import { describeOnEachDatabase, type TestDatabase } from '../../../test/support/database.js';
import { Crypto, type SealedPlace } from '../crypto/crypto.js';
import { keyMarks } from '../crypto/key-marks.js';
import { enterKeys, keptKeys } from '../crypto/kept-keys.js';
import { SEALED_TABLES } from '../crypto/sealed-columns.js';
import { countByKey } from './count-by-key.js';
import { rotateKeys, type Rotation } from './rotate-keys.js';

const [ONE, TWO] = [1, 2].map((id) => ({ id, key: Buffer.alloc(32, id) })) as [
  { id: number; key: Buffer },
  { id: number; key: Buffer },
];
const ACCOUNT = 'MAAAAAAAAAAAAAAAAAAA';
const EACH = 6;
/** They say whose a row of another table is. */
const PARENTS = ['subaccount', 'masked_call', 'callback'];

type Row = Record<string, unknown>;

describeOnEachDatabase('the rotation of encryption keys', (open, kind) => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await open();
  });
  beforeEach(async () => {
    for (const table of ['key_check', 'process', 'subaccount', ...SEALED_TABLES.map(({ table: name }) => name)])
      await test.dataSource.query(`DELETE FROM ${table}`);
    const crypto = new Crypto([ONE]);
    await enterKeys(test.database, crypto);
    for (const table of [...PARENTS, ...SEALED_TABLES.map(({ table: name }) => name)])
      if (table !== 'search_key' && (await rowsOf(table)).length === 0) await fill(table, crypto);
  });

  const rowsOf = (table: string): Promise<Row[]> => test.dataSource.query(`SELECT * FROM ${table}`);
  const entityOf = (table: string): EntityMetadata =>
    test.dataSource.entityMetadatas.find(({ tableName }) => tableName === table)!;

  /** Rows of a table with something in every column that must have something; the n-th belongs to the n-th of its parents. */
  async function fill(table: string, crypto: Crypto): Promise<void> {
    const { columns } = entityOf(table);
    const rows = Array.from({ length: EACH }, (_, at) => {
      const row: Row = {};
      for (const { databaseName: name, type, isNullable, length } of columns)
        if (!isNullable) row[name] = ['int', 'bigint', 'boolean'].includes(String(type)) ? at : textOf(at, length);
      if ('account_id' in row) row['account_id'] = ACCOUNT;
      for (const { place, column } of placesOf(table, row)) row[column] = crypto.seal(place, `${column} ${at}`);
      return row;
    });
    const names = Object.keys(rows[0] ?? {});
    const values = rows.map(() => `(${names.map(() => '?').join(', ')})`).join(', ');
    await test.dataSource.query(
      `INSERT INTO ${table} (${names.map((name) => `\`${name}\``).join(', ')}) VALUES ${values}`,
      rows.flatMap((row) => Object.values(row)),
    );
  }
  const textOf = (at: number, length: string): string => String(at).padStart(Math.min(Number(length) || 9, 9), '0');

  function placesOf(table: string, row: Row): { place: SealedPlace; column: string }[] {
    const sealed = SEALED_TABLES.find((one) => one.table === table);
    if (!sealed) return [];
    const own = (/^t\.(\w+)$/.exec(sealed.account) ?? [])[1];
    const account = sealed.account === "''" ? '' : own ? String(row[own]) : ACCOUNT;
    const at = (sealed.row ?? sealed.key).map((name) => String(row[name])).join('/');
    return sealed.columns.map((column) => ({
      column,
      place: { column: `${table}.${column}` as SealedPlace['column'], row: at, account },
    }));
  }

  const rotate = (crypto = new Crypto([TWO, ONE]), signal = new AbortController().signal): Promise<Rotation> =>
    rotateKeys({ database: test.database, crypto, signal, tell: () => undefined });
  const keysOf = async (): Promise<(number | null)[]> => [
    ...new Set((await countByKey(test.database)).map(({ key }) => key)),
  ];
  const kept = async (): Promise<number[]> => [...(await test.database.read((manager) => keptKeys(manager))).keys()];
  const enterProcess = (id: string, keys: string | null): Promise<unknown> =>
    test.dataSource.query(
      `INSERT INTO process (id, role, host, pid, version, node, started_at, seen_at, beats, encryption_keys)
       VALUES (?, 'all', 'h', 7, '', '', 0, 0, 1, ?)`,
      [id, keys],
    );

  it('seals every column of every table anew: the second key alone opens all, and rows are found as before', async () => {
    const index = new Crypto([ONE]).index(ACCOUNT, 'party', '1');
    const values = SEALED_TABLES.reduce(
      (sum, { table, columns }) => sum + (table === 'search_key' ? 1 : columns.length * EACH),
      0,
    );
    expect(await rotate()).toMatchObject({ isDone: true, sealed: values, left: 0, unreadable: 0, forgotten: [1] });
    expect([await keysOf(), await kept()]).toEqual([[2], [2]]);

    const alone = new Crypto([TWO]);
    await enterKeys(test.database, alone);
    expect(alone.index(ACCOUNT, 'party', '1')).toBe(index);
    for (const { table } of SEALED_TABLES.filter((one) => one.table !== 'search_key')) {
      const rows = await rowsOf(table);
      for (const row of rows)
        for (const { place, column } of placesOf(table, row))
          expect(alone.open(place, String(row[column]))).toContain(`${column} `);
    }
    expect(await rotate(alone)).toMatchObject({ isDone: true, sealed: 0, forgotten: [] });
  });

  it('goes on where it was stopped, and needs both keys until its end', async () => {
    const stop = new AbortController();
    let sealed = 0;
    const first = await rotateKeys({
      database: test.database,
      crypto: new Crypto([TWO, ONE]),
      signal: stop.signal,
      tell: (progress) => {
        sealed = progress.sealed;
        if (sealed > 40) stop.abort();
      },
    });
    expect(first).toMatchObject({ isDone: false, sealed, forgotten: [] });
    expect(first.left).toBeGreaterThan(0);
    expect(await kept()).toEqual([1, 2]);
    await expect(enterKeys(test.database, new Crypto([TWO]))).rejects.toThrow(
      `key 1 is missing, and ${first.left} stored`,
    );
    expect(await rotate()).toMatchObject({ isDone: true, sealed: first.left });
  });

  it('writes nothing over what somebody has changed meanwhile', async () => {
    const [both, old] = [new Crypto([TWO, ONE]), new Crypto([ONE])];
    const place: SealedPlace = { column: 'api_token.token', row: textOf(0, '36'), account: textOf(0, '20') };
    const { browse } = test.database;
    let isChanged = false;
    // Between reading and writing.
    test.database.browse = async (work) => {
      let sql = '';
      const found = await browse.call(test.database, (manager) => {
        const query = (text: string, parameters?: unknown[]): unknown => manager.query((sql = text), parameters);
        return work(Object.assign(Object.create(manager) as typeof manager, { query }));
      });
      if (!isChanged && sql.includes('FROM api_token t')) {
        isChanged = true;
        await test.database.transaction((tx) =>
          tx.query('UPDATE api_token SET token = ? WHERE id = ?', [old.seal(place, 'changed'), place.row]),
        );
      }
      return found as never;
    };
    const rotation = await rotate(both);
    test.database.browse = browse;
    expect([isChanged, rotation]).toEqual([true, expect.objectContaining({ isDone: true })]);
    const [row] = (await rowsOf('api_token')).filter(({ id }) => id === place.row);
    expect(new Crypto([TWO]).open(place, String(row?.['token']))).toBe('changed');
  });

  it('leaves what no key opens as it is, and needs no key for it', async () => {
    await test.dataSource.query("UPDATE subscription SET url = '1.c3BvaWx0' WHERE id = ?", [textOf(3, '36')]);
    expect(await rotate()).toMatchObject({ isDone: true, unreadable: 1, forgotten: [1] });
    expect(await kept()).toEqual([2]);
  });

  it('forgets a key that was in use, has sealed nothing that is left, and is not in the settings any more', async () => {
    await enterKeys(test.database, new Crypto([TWO, ONE]));
    const alone = new Crypto([ONE]);
    await expect(enterKeys(test.database, alone)).rejects.toThrow('key 2 is missing, and was in use');
    expect(await rotate(alone)).toMatchObject({ isDone: true, forgotten: [2] });
    await enterKeys(test.database, alone);
  });

  if (kind === 'sqlite') return;

  describe('beside other processes', () => {
    let timer: NodeJS.Timeout;
    const beat = (): void => {
      timer = setInterval(
        () => void test.dataSource.query("UPDATE process SET beats = beats + 1 WHERE id LIKE 'b%'"),
        100,
      );
    };

    it('does nothing while one of them could not open the new values: of an earlier version, with too few keys, with another key 2', async () => {
      const others = [
        null,
        keyMarks(new Crypto([ONE])),
        keyMarks(new Crypto([ONE, { id: 2, key: Buffer.alloc(32, 9) }])),
      ];
      for (const [at, keys] of others.entries()) await enterProcess(`b${at}`, keys);
      await enterProcess('b3', keyMarks(new Crypto([ONE, TWO])));
      beat();
      const { sealed, isDone, unready } = await rotate();
      clearInterval(timer);
      expect([sealed, isDone, unready.map(({ id }) => id)]).toEqual([0, false, ['b0', 'b1', 'b2']]);
      expect([await keysOf(), await kept()]).toEqual([[1], [1]]);
    });

    it('keeps the old key while one that lives seals with it, and minds no dead one', async () => {
      await enterProcess('b', keyMarks(new Crypto([ONE, TWO])));
      beat();
      expect(await rotate()).toMatchObject({
        isDone: false,
        left: 0,
        waitingFor: [{ id: 'b', key: 1 }],
        forgotten: [],
      });
      clearInterval(timer);
      expect(await kept()).toEqual([1, 2]);
      expect(await rotate()).toMatchObject({ isDone: true, waitingFor: [], forgotten: [1] });
    });

    it('waits for no row that another transaction holds, and comes back for it', async () => {
      const begunAt = performance.now();
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let isHeld: () => void = () => undefined;
      const holding = new Promise<void>((resolve) => (isHeld = resolve));
      const holder = test.database.transaction(async (tx) => {
        await tx.query('SELECT id FROM masking_session WHERE id = ? FOR UPDATE', [textOf(4, '36')]);
        isHeld();
        await held;
      });
      await holding;
      let sealed = 0;
      const rotation = rotateKeys({
        database: test.database,
        crypto: new Crypto([TWO, ONE]),
        signal: new AbortController().signal,
        tell: (progress) => {
          sealed = progress.sealed;
          if (progress.sealed === progress.total - 1) release();
        },
      });
      expect(await rotation).toMatchObject({ isDone: true, sealed });
      await holder;
      expect(performance.now() - begunAt).toBeLessThan(20_000);
    });
  });
});
