import { parentPort, workerData } from 'node:worker_threads';
import { sqliteDriver } from './sqlite-driver.js';

/** A thread that reads SQLite for people, so that callers do not wait behind them. It answers one statement after the other; see reading-threads.ts. */

export interface Question {
  sql: string;
  parameters: unknown[];
}

export type Reply = { rows: unknown[] } | { failure: { message: string; code: string | undefined } };

interface Connection {
  pragma(text: string): void;
  exec(sql: string): void;
  prepare(sql: string): {
    reader: boolean;
    all(...parameters: unknown[]): unknown[];
    run(...parameters: unknown[]): void;
  };
}

const Driver = sqliteDriver() as new (file: string) => Connection;
const connection = new Driver((workerData as { file: string }).file);
connection.pragma('query_only = ON');
connection.pragma('busy_timeout = 5000');

parentPort?.on('message', ({ sql, parameters }: Question) => parentPort?.postMessage(reply(sql, parameters)));

function reply(sql: string, parameters: unknown[]): Reply {
  try {
    const statement = connection.prepare(sql);
    if (statement.reader) return { rows: statement.all(...parameters) };
    statement.run(...parameters);
    return { rows: [] };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { failure: { message, code } };
  }
}
