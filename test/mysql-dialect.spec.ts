import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { QueryRunner } from 'typeorm';
import { migrate, openDatabase } from '../src/data-source.js';
import { migrations } from '../src/migrations.js';
import { createDatabase, databaseKinds } from './support/database.js';
import { temporaryFolder } from './support/process.js';
import { liveShortDay, settingsAt, startAt } from './support/short-day.js';

type Ask = (this: unknown, sql: string | { sql: string }, ...rest: unknown[]) => unknown;

const require = createRequire(import.meta.url);
const { Parser } = require('node-sql-parser/build/mysql') as { Parser: new () => { astify: (sql: string) => unknown } };
const driver = require('mysql2') as { Connection: { prototype: Record<'query' | 'execute', Ask> } };
const PAGE = readFileSync(new URL('../docs/databases.md', import.meta.url), 'utf8');
const parser = new Parser();

/** What the two servers, or their versions, do not share, by what it is recognised by; those that we use stand in docs/databases.md by this name. */
const FEATURES: Record<string, RegExp> = {
  'FOR UPDATE SKIP LOCKED': /\bSKIP LOCKED\b/i,
  'LOCK IN SHARE MODE': /\bLOCK IN SHARE MODE\b/i,
  'FORCE INDEX': /\bFORCE INDEX\b/i,
  'ON DUPLICATE KEY UPDATE': /\bON DUPLICATE KEY UPDATE\b/i,
  'VALUES(column)': /\bUPDATE\b.*=.*\bVALUES\s*\(\s*`?\w+`?\s*\)/is,
  'DELETE … FROM': /\bDELETE\s+`?\w+`?(?:\.\*)?\s+FROM\b/i,
  GET_LOCK: /\b(?:GET|RELEASE)_LOCK\s*\(/i,
  'WITH CONSISTENT SNAPSHOT': /\bWITH CONSISTENT SNAPSHOT\b/i,
  'COLLATE utf8mb4_bin': /\bCOLLATE[ =]utf8mb4_bin\b/i,
  'WITH … AS': /^\s*WITH\b(?! CONSISTENT)/im,
  sql_mode: /\bsql_mode\b/i,
  innodb_lock_wait_timeout: /\binnodb_lock_wait_timeout\b/i,
  'other collations': /\bCOLLATE[ =](?!utf8mb4_bin\b)\w+/i,
  'FOR SHARE': /\bFOR SHARE\b/i,
  NOWAIT: /\bNOWAIT\b/i,
  RETURNING: /\bRETURNING\b/i,
  'INSERT IGNORE': /\bINSERT IGNORE\b/i,
  'REPLACE INTO': /\bREPLACE INTO\b/i,
  'window functions': /\bOVER\s*\(/i,
  'INTERSECT and EXCEPT': /\b(?:INTERSECT|EXCEPT)\b/i,
  'generated columns': /\b(?:GENERATED ALWAYS|AS \([^)]*\) (?:STORED|VIRTUAL|PERSISTENT))\b/i,
  'ALGORITHM=': /\bALGORITHM\s*=/i,
  'JSON functions': /\bJSON_\w+\s*\(/i,
  'IF NOT EXISTS on columns and indexes': /\b(?:ADD|CREATE|DROP)(?: UNIQUE)? (?:COLUMN|INDEX) IF (?:NOT )?EXISTS\b/i,
  sequences: /\b(?:CREATE SEQUENCE|NEXTVAL|NEXT VALUE FOR)\b/i,
  LATERAL: /\bLATERAL\b/i,
  'optimizer hints': /\/\*\+/,
  'statements of one server alone': /\/\*(?:M?!\d|M!)/,
  'row alias': /\bVALUES\s*\(.*\)\s*AS\s+\w+\s+ON DUPLICATE\b/is,
  max_statement_time: /\bmax_(?:statement|execution)_time\b/i,
};

/** What the parser cannot read and both servers do, though no MySQL server has run it here. */
const UNREADABLE: Record<string, RegExp> = {
  'known to both servers, SET Statements for transactions':
    /^SET (?:SESSION )?TRANSACTION ISOLATION LEVEL (?:READ COMMITTED|REPEATABLE READ)$/,
  'known to both servers, START TRANSACTION': /^START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY$/,
  'known to both servers, SHOW VARIABLES': /^SHOW VARIABLES LIKE ''$/,
};
/** The parser knows no index hints; both servers do, behind a table and its alias. */
const INDEX_HINT = / FORCE INDEX \(\w+\)/g;

/** Values may be in a text, and no failure is to show them. */
const bare = (sql: string): string =>
  sql
    .replaceAll(/'(?:[^'\\]|\\.|'')*'/gs, "''")
    .replaceAll(/--[^\n]*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\b\d+\b/g, '0')
    // Lists of any length are one statement.
    .replaceAll(/\bIN \((?:\?|0|'')(?:, ?(?:\?|0|''))+\)/g, 'IN (?)')
    .replaceAll(/(\([^()]*\))(?:, ?\1)+/g, '$1')
    .trim();

/** As MySQL separates them: values have been taken out. */
const each = (texts: Iterable<string>): string[] => [
  ...new Set(
    [...texts]
      .flatMap((text) => bare(text).split(';'))
      .map((sql) => sql.trim())
      .filter(Boolean),
  ),
];

const featuresOf = (sql: string): string[] =>
  Object.entries(FEATURES)
    .filter(([, is]) => is.test(sql))
    .map(([name]) => name);
const isRead = (sql: string): boolean => {
  try {
    parser.astify(sql.replaceAll(INDEX_HINT, ''));
    return true;
  } catch {
    return false;
  }
};
/** First cells of the page's table. */
const [, USED = ''] = /^## Used$(.*?)^## /ms.exec(PAGE) ?? [];
const TOLD = [...USED.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name = '']) => name);

function holdsToThePage(statements: () => Iterable<string>): void {
  it('are all read by a parser of MySQL, or excused by name', () => {
    const unread = each(statements()).filter(
      (sql) => !Object.values(UNREADABLE).some((is) => is.test(sql)) && !isRead(sql),
    );
    expect(unread).toEqual([]);
  });

  it('use nothing of one server alone that the page does not tell', () => {
    const untold = each(statements())
      .map((sql) => ({ sql, features: featuresOf(sql).filter((name) => !TOLD.includes(name)) }))
      .filter(({ features }) => features.length > 0);
    expect(untold).toEqual([]);
  });
}

describe('the statements of migrations on MySQL and MariaDB', () => {
  const asked = new Set<string>();

  beforeAll(async () => {
    const runner = {
      connection: { options: { type: 'mysql' } },
      query: async (sql: string) => (asked.add(sql), []),
      getTable: async () => undefined,
      hasTable: async () => false,
      hasColumn: async () => false,
      getTables: async () => [],
    } as unknown as QueryRunner;
    for (const Migration of migrations)
      await new Migration().up(runner).catch((e) => console.error(Migration.name, e.message));
  });

  holdsToThePage(() => asked);
});

(databaseKinds.includes('mysql') ? describe : describe.skip)('the statements of a day on a server', () => {
  const asked = new Set<string>();
  const cleanUp: (() => unknown)[] = [];

  beforeAll(async () => {
    for (const name of ['query', 'execute'] as const) {
      const { prototype } = driver.Connection;
      const original = prototype[name];
      prototype[name] = function (sql, ...rest) {
        asked.add(typeof sql === 'string' ? sql : sql.sql);
        return original.call(this, sql, ...rest);
      };
      cleanUp.push(() => (prototype[name] = original));
    }
    const { path, remove } = await temporaryFolder();
    const { url, drop } = await createDatabase('mysql');
    cleanUp.push(remove, drop);
    // By the migrations themselves, and not by their outcome as other specs have it.
    const dataSource = await openDatabase({ kind: 'mysql', url });
    await migrate(dataSource);
    await dataSource.destroy();
    const service = await startAt(settingsAt(path, url));
    cleanUp.push(() => service.close());
    await liveShortDay(service);
    for (const place of [
      '/sessions',
      '/sessions?search=0123',
      '/pool',
      '/pool/health',
      '/stats?group_by=day,country',
      '/jobs',
      '/callbacks',
      '/numbers',
      '/audit',
    ])
      await service.admin('GET', place);
    await service.admin('POST', '/stats/recount');
    await service.admin('POST', '/people/erase', { number: '+14155550123' });
  }, 60_000);
  afterAll(async () => {
    for (const step of cleanUp.toReversed()) await step();
  });

  it('are those of a service at work', () => {
    expect(each(asked).length).toBeGreaterThan(150);
  });
  holdsToThePage(() => asked);

  it('use all that the page tells, and need every excuse', () => {
    const all = each(asked);
    const used = new Set(all.flatMap(featuresOf));
    expect(TOLD.filter((name) => !used.has(name))).toEqual([]);
    expect(Object.values(UNREADABLE).filter((is) => !all.some((sql) => is.test(sql) && !isRead(sql)))).toEqual([]);
  });
});
