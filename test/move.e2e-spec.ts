import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import mysql from 'mysql2/promise';
import type { DataSource } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { migrate, openDatabase } from '../src/data-source.js';
import { movedTables, STAYING, unlike } from '../src/move/moved-tables.js';
import { openInstallation } from '../src/open-installation.js';
import { holdSqlite } from '../src/platform/database/own-sqlite.js';
import { readConfig } from '../src/platform/settings/config.js';
import { masking, type Ended } from './support/command-line.js';
import { createDatabase, databaseKinds, describeOnEachDatabase } from './support/database.js';
import { spawnProgram, temporaryFolder } from './support/process.js';
import { columnsOf } from './support/schema.js';
import { ANA, lend, liveShortDay, RAVI, seenBy, settingsAt, startAt, type Lent } from './support/short-day.js';
import { simulatedPlivo } from './support/simulated-plivo.js';

describeOnEachDatabase('what is moved', (open) => {
  it('is every table and every column that there is', async () => {
    const { dataSource } = await open();
    const tables = movedTables(dataSource);
    expect(unlike(tables, await columnsOf(dataSource))).toEqual([]);

    await dataSource.query('CREATE TABLE forgotten (id int)');
    await dataSource.query('ALTER TABLE job ADD COLUMN forgotten int');
    expect(unlike(tables, await columnsOf(dataSource)).sort()).toEqual(['forgotten.id', 'job.forgotten']);
    await dataSource.query('DROP TABLE call_tally');
    expect(unlike(tables, await columnsOf(dataSource))).toContain('call_tally.account_id');
  });
});

(databaseKinds.includes('mysql') ? describe : describe.skip)('a move from SQLite to a server', () => {
  let root: string;
  const closers: (() => Promise<void>)[] = [];
  let settings: Record<string, string>;
  let live: Lent;
  let before: unknown;
  let to: string;

  const server = async (): Promise<string> => {
    const { url, drop } = await createDatabase('mysql');
    closers.push(drop);
    return url;
  };
  const installation = (name: string): Record<string, string> => {
    mkdirSync(join(root, name));
    return settingsAt(join(root, name), `sqlite:${join(root, name, 'masking.db')}`);
  };
  const move = (env: Record<string, string>, ...args: string[]): Promise<Ended> =>
    masking(['move', '--json', ...args], { env });
  const ask = async <Row>(url: string, sql: string): Promise<Row[]> => {
    const connection = await mysql.createConnection(url);
    try {
      const [rows] = await connection.query(sql);
      return rows as Row[];
    } finally {
      await connection.end();
    }
  };
  const at = async <Result>(url: string, act: (dataSource: DataSource) => Promise<Result>): Promise<Result> => {
    const file = url.startsWith('sqlite:') ? url.slice('sqlite:'.length) : null;
    const dataSource = await openDatabase(file === null ? { kind: 'mysql', url } : { kind: 'sqlite', file });
    try {
      return await act(dataSource);
    } finally {
      await dataSource.destroy();
    }
  };
  /** As a service begins. */
  const starts = async (env: Record<string, string>): Promise<void> =>
    (await openInstallation(readConfig(env, false))).dataSource.destroy();
  /** Every row of every table but those that stay, with whole numbers as they are written. */
  const rowsAt = (url: string): Promise<Record<string, string[]>> =>
    at(url, async (dataSource) => {
      const found: Record<string, string[]> = {};
      for (const [table, columns] of await columnsOf(dataSource)) {
        if (STAYING.includes(table)) continue;
        const texts = [...columns].sort().map((column) => `CAST(\`${column}\` AS CHAR) AS \`${column}\``);
        const rows = await dataSource.query<object[]>(`SELECT ${texts.join(', ')} FROM \`${table}\``);
        found[table] = rows.map((row) => JSON.stringify(row)).sort();
      }
      return found;
    });

  beforeAll(async () => {
    const { path, remove } = await temporaryFolder();
    root = path;
    closers.push(remove);
    settings = installation('data');
    const service = await startAt(settings);
    live = await liveShortDay(service);
    before = await seenBy(service, live);
    await service.dataSource.query("UPDATE sqlite_sequence SET seq = 900 WHERE name = 'virtual_number'");
    // What takes long enough to be killed in, and batches.
    await service.dataSource.query(
      `INSERT INTO webhook_receipt (account_id, nonce, content_hash, received_at)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT 'MA', i, i, i FROM n`,
    );
    await service.close();
    to = await server();
  }, 60_000);
  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
  });

  it.each([
    ['where a service runs', 1, 'stop the service', async () => to],
    ['to what is no server', 2, 'mysql://', async () => 'sqlite:other.db'],
    ['to one that does not answer', 4, '--to', async () => 'mysql://root@127.0.0.1:9/masking'],
    [
      'into a database that somebody else uses',
      1,
      'not empty',
      async () => {
        const url = await server();
        await ask(url, 'CREATE TABLE shop (id int)');
        return url;
      },
    ],
    [
      'into one that has served already',
      1,
      'not empty',
      async () => {
        const url = await server();
        await ask(url, 'CREATE TABLE key_check (id int PRIMARY KEY) SELECT 1 AS id');
        return url;
      },
    ],
  ])('is refused %s, and changes nothing', async (where, code, words, place) => {
    const letGo = where === 'where a service runs' ? holdSqlite(join(root, 'data/masking.db')) : null;
    const ended = await move(settings, '--to', await place());
    letGo?.();
    expect([ended.code, ended.stderr, ended.stdout]).toEqual([code, expect.stringContaining(words), '']);
    await starts(settings);
  });

  it('is finished by a second run where the first was killed; neither database is served meanwhile', async () => {
    const running = spawnProgram('bin/cli.cjs', settings, { args: ['move', '--to', to] });
    const isUnderWay = async (): Promise<boolean> =>
      (
        await ask<{ table_name: string }>(
          to,
          "SELECT table_name FROM database_move WHERE table_name = 'webhook_receipt'",
        ).catch(() => [])
      ).length > 0;
    while (!(await isUnderWay()))
      if (running.child.exitCode !== null || running.child.signalCode !== null) throw new Error(running.output());
    await running.kill();
    const [arrived] = await ask<{ n: number }>(to, 'SELECT COUNT(*) AS n FROM webhook_receipt');
    expect(arrived?.n).toBeLessThan(30_000);
    await expect(starts(settings)).rejects.toThrow('being moved');
    await expect(starts({ ...settings, DATABASE_URL: to })).rejects.toThrow('not all');

    // Somebody changes what has arrived: told, and nothing is switched over.
    await at(to, (dataSource) => dataSource.query("UPDATE call_leg SET side = 'C' WHERE side = 'A' LIMIT 1"));
    expect(await move(settings, '--to', to)).toMatchObject({ code: 1, stderr: expect.stringContaining('call_leg') });
    await expect(starts({ ...settings, DATABASE_URL: to })).rejects.toThrow('not all');
    await at(to, (dataSource) => dataSource.query("UPDATE call_leg SET side = 'A' WHERE side = 'C'"));

    const ended = await move(settings, '--to', to);
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('DATABASE_URL')]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ rows: { webhook_receipt: expect.any(Number), account: 1 } });
    expect(await rowsAt(to)).toEqual(await rowsAt(settings['DATABASE_URL'] ?? ''));
  }, 60_000);

  it('leaves a file that no service starts on, and cannot be made twice', async () => {
    await expect(starts(settings)).rejects.toThrow('was moved');
    const listed = await masking(['operators', 'list'], { env: settings });
    expect([listed.code, listed.stderr]).toEqual([3, expect.stringContaining('DATABASE_URL')]);
    expect(await move(settings, '--to', to)).toMatchObject({ code: 1, stderr: expect.stringContaining('already') });
    expect(await move(settings, '--to', await server())).toMatchObject({ code: 1 });
  });

  it('is served with the same key: the session is seen as before and found again, its calls connect, numbers go on', async () => {
    const service = await startAt({ ...settings, DATABASE_URL: to });
    try {
      expect(await seenBy(service, live)).toEqual(before);
      const { session_uuid: id, virtual_number: number } = live;
      expect(await lend(service, ANA, RAVI)).toMatchObject({ session_uuid: id, virtual_number: number });
      await simulatedPlivo(() => service).talk(RAVI, number, ANA, 30);
      const calls = (await service.admin<{ items: { outcome: string }[] }>('GET', '/calls')).body.items;
      expect(calls.filter(({ outcome }) => outcome === 'connected')).toHaveLength(2);
      await service.addNumbers(['14155550177']);
      const rows = await service.dataSource.query("SELECT id FROM virtual_number WHERE number = '14155550177'");
      expect(Number(rows[0].id)).toBeGreaterThan(900);
    } finally {
      await service.close();
    }
  }, 60_000);

  it('is undone when that is said twice', async () => {
    expect((await move(settings, '--undo')).code).toBe(2);
    expect((await move(settings, '--undo', '--yes')).code).toBe(0);
    await starts(settings);
    expect((await move(settings)).code).toBe(2);
  });

  it('takes every value of every column of every table as it is, and says which the server does not take', async () => {
    const env = installation('any');
    const source = env['DATABASE_URL'] ?? '';
    const target = await server();
    await at(source, async (dataSource) => {
      await migrate(dataSource);
      await dataSource.query('DELETE FROM audit_chain');
      for (const { tableName, columns } of dataSource.entityMetadatas) {
        if (STAYING.includes(tableName)) continue;
        for (const values of fc.sample(fc.tuple(...columns.map(valueOf)), 4))
          await dataSource.query(
            `INSERT OR IGNORE INTO ${tableName} (${columns.map(({ databaseName }) => `"${databaseName}"`).join(', ')}) VALUES (${values.map(() => '?').join(', ')})`,
            values as unknown[],
          );
      }
    });
    const name = (text: string) =>
      at(source, (dataSource) => dataSource.query('UPDATE subaccount SET name = ?', [text]));
    // Which SQLite takes.
    await name('14155550123'.repeat(20));
    const refused = await masking(['move', '--to', '-'], { env, input: `${target}\n` });
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('subaccount (ER_DATA_TOO_LONG, column name)'),
    ]);
    expect(refused.stderr).not.toContain('14155550123');
    await name('shorter 🦊');

    const ended = await move(env, '--to', target);
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    const rows = await rowsAt(target);
    expect(rows).toEqual(await rowsAt(source));
    expect(Object.entries(rows).filter(([, all]) => all.length === 0)).toEqual([]);
  }, 60_000);
});

const PIECES = ['a', 'Z', '0', 'é', '漢', '🦊', '👩‍👧', "'", '"', '\\', '%', '\n', '\u0000', ' ', 'ß', '\u200d'];

/** Unlike others of its column where it is in a key, spaces apart, which servers do not tell from nothing there: the largest numbers, four-byte characters, quotes, nothing. */
function valueOf(column: ColumnMetadata): fc.Arbitrary<unknown> {
  const { type, length, isNullable, isPrimary, entityMetadata } = column;
  const isKey =
    isPrimary || entityMetadata.indices.some(({ isUnique, columns }) => isUnique && columns.includes(column));
  const value: fc.Arbitrary<unknown> =
    type === 'boolean'
      ? fc.constantFrom(0n, 1n)
      : type === 'int'
        ? fc.bigInt(-(2n ** 31n), 2n ** 31n - 1n)
        : type === 'bigint'
          ? fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)
          : textOf(type === 'text' ? 400 : Number(length), isKey);
  return isNullable ? fc.option(value) : value;
}

function textOf(most: number, isKey: boolean): fc.Arbitrary<string> {
  const pieces = isKey ? PIECES.filter((piece) => piece.trim() !== '' && piece >= '0') : PIECES;
  return fc
    .array(fc.constantFrom(...pieces), { minLength: isKey ? Math.min(most, 8) : 0, maxLength: most })
    .map((all) => [...all.join('')].slice(0, most).join(''));
}
