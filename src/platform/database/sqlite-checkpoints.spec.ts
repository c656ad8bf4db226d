import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../data-source.js';
import { eventually } from '../../../test/support/eventually.js';
import type { Connections } from './connections.js';
import { Database } from './database.js';
import { SqliteCheckpoints } from './sqlite-checkpoints.js';

const PARCEL = 'x'.repeat(40_000);
/** Ten pages of 4 KiB and a few that lead to them. */
const PAGES_EACH = 10;

describe('the log of changes of a file of SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'masking-checkpoints-'));
  const file = join(folder, 'parcels.db');
  let dataSource: Connections;
  let database: Database;
  /** What the writer's own connection was asked to move. */
  const finished: string[] = [];

  beforeAll(async () => {
    dataSource = await openDatabase({ kind: 'sqlite', file });
    await dataSource.query('CREATE TABLE parcel (id INTEGER PRIMARY KEY, content TEXT)');
    const connection = (await dataSource.createQueryRunner().connect()) as { prepare: (sql: string) => unknown };
    const prepare = connection.prepare.bind(connection);
    connection.prepare = (sql) => {
      if (sql.includes('wal_')) finished.push(sql);
      return prepare(sql);
    };
    database = new Database(dataSource);
  });
  afterAll(async () => {
    await dataSource.destroy();
    rmSync(folder, { recursive: true });
  });

  const pages = (suffix: '' | '-wal'): number => statSync(`${file}${suffix}`).size / 4096;
  async function add(count: number): Promise<void> {
    for (let i = 0; i < count; i++)
      await database.transaction((tx) => tx.query('INSERT INTO parcel (content) VALUES (?)', [PARCEL]));
  }

  it('is moved into the file beside the writer, who goes on', async () => {
    const before = pages('');
    await add(200);

    // SQLite itself would have begun only at 16,000 pages now.
    await eventually(() => expect(pages('')).toBeGreaterThan(before + 32 * PAGES_EACH));
    expect(finished).toContain('PRAGMA wal_autocheckpoint = 16000');
  });

  it('does not grow for ever beneath somebody who never stops', async () => {
    let written = 0;
    await eventually(async () => {
      await add(100);
      written += 100 * PAGES_EACH;
      expect(written).toBeGreaterThan(3 * pages('-wal'));
    });
  });

  it('is left to SQLite itself where the thread cannot do it', async () => {
    const asked: string[] = [];
    const checkpoints = new SqliteCheckpoints(dataSource, join(folder, 'no', 'such.db'), async (sql) => {
      asked.push(sql);
      return { rows: [], affected: 0 };
    });
    for (let commit = 0; commit < 32; commit++) await checkpoints.afterCommit();

    await eventually(() =>
      expect(asked).toEqual(['PRAGMA wal_autocheckpoint = 16000', 'PRAGMA wal_autocheckpoint = 1000']),
    );
  });

  it('does not stop the writer where its own connection cannot move it', async () => {
    let failures = 0;
    const checkpoints = new SqliteCheckpoints(dataSource, file, () => {
      failures += 1;
      return Promise.reject(new Error('disk I/O error'));
    });
    for (let commit = 0; commit < 32; commit++) await checkpoints.afterCommit();
    await eventually(() => expect(failures).toBeGreaterThan(0));
    await checkpoints.afterCommit();
  });
});
