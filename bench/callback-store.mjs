import mysql from 'mysql2/promise';
import { sqliteDriver } from '../dist/src/platform/database/sqlite-driver.js';

/** The service's database, read beside it. */
export async function openStore(databaseUrl) {
  if (databaseUrl.startsWith('sqlite:')) {
    const database = new (sqliteDriver())(databaseUrl.slice('sqlite:'.length), { readonly: true });
    return { rows: async (sql) => database.prepare(sql).all(), close: async () => database.close() };
  }
  const connection = await mysql.createConnection({ uri: databaseUrl });
  return {
    rows: async (sql) => (await connection.query(sql))[0],
    close: () => connection.end(),
  };
}

export async function countOf(store, where) {
  const [row] = await store.rows(`SELECT COUNT(*) AS found FROM ${where}`);
  return Number(row.found);
}
