import { parentPort, workerData } from 'node:worker_threads';
import { queryOnly } from './sqlite-reader.js';

/** A thread that reads SQLite for people, so that callers do not wait behind them. It answers one statement after the other; see reading-threads.ts. */

export interface Question {
  sql: string;
  parameters: unknown[];
}

export type Reply = { rows: unknown[] } | { failure: { message: string; code: string | undefined } };

const connection = queryOnly((workerData as { file: string }).file);

parentPort?.on('message', ({ sql, parameters }: Question) => parentPort?.postMessage(reply(sql, parameters)));

function reply(sql: string, parameters: unknown[]): Reply {
  try {
    const statement = connection.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) };
    statement.run(parameters);
    return { rows: [] };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { failure: { message, code } };
  }
}
