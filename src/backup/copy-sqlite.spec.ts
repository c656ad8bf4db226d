import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sqliteDriver } from '../platform/database/sqlite-driver.js';
import { temporaryFolder } from '../../test/support/process.js';
import { copySqlite, lookIntoCopy } from './copy-sqlite.js';

const ROWS = 40_000;
const Driver = sqliteDriver() as new (file: string) => { exec(sql: string): void; close(): void };

describe('copying an SQLite database', () => {
  let folder: string;
  let remove: () => Promise<void>;

  beforeEach(async () => {
    ({ path: folder, remove } = await temporaryFolder());
  });
  afterEach(() => remove());

  it('tells how far it is while it goes on, and stops nobody', async () => {
    const [file, to] = [join(folder, 'one.db'), join(folder, 'copy.db')];
    const database = new Driver(file);
    database.exec(`CREATE TABLE thing (id INTEGER PRIMARY KEY, words TEXT); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
      INSERT INTO thing (words) SELECT hex(randomblob(400)) FROM n`);
    database.close();
    const told: number[] = [];
    await copySqlite(file, to, (bytes) => told.push(bytes));
    expect(lookIntoCopy(to).rows).toEqual({ thing: ROWS });
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBeLessThanOrEqual(statSync(to).size);
  });

  it('says why it failed, with the code', async () => {
    const missing = join(folder, 'none', 'copy.db');
    const database = new Driver(join(folder, 'one.db'));
    database.exec('CREATE TABLE thing (id INTEGER PRIMARY KEY)');
    database.close();
    await expect(copySqlite(join(folder, 'one.db'), missing, () => undefined)).rejects.toMatchObject({
      code: expect.stringContaining('SQLITE_'),
    });
    expect(existsSync(missing)).toBe(false);
  });
});
