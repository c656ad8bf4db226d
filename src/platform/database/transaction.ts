import { type EntityManager, QueryFailedError } from 'typeorm';

/** What is inside a transaction; always passed by hand, so that what belongs to it can be seen. */
export type Tx = EntityManager;

/** How a transaction waits for its turn. */
export interface Waits {
  /** Asked when its turn comes; where it is false, nothing is sent to the database and `NotBegun` is thrown. */
  isWanted: () => boolean;
  /** Somebody with a phone at the ear waits for it: it goes before those that can wait. Of SQLite's one writing connection; elsewhere as many turns go on at once as there are connections. */
  isCall: boolean;
}

/** Thrown in place of a transaction that was not begun, because nobody wanted it any more when its turn came. */
export class NotBegun extends Error {}

/** Thrown inside a transaction whose premise another one has just changed: the whole work runs again in a new transaction. */
export class Contended extends Error {}

/** What a branch of a transaction's work is told that speaks when another branch has failed and the whole is undone. */
export class TransactionOver extends Error {
  constructor() {
    super('this transaction is over: part of its work was not awaited, or went on after another part had failed');
  }
}

/**
 * MySQL and MariaDB: deadlock, lock wait timeout, snapshot changed. A node of a cluster says deadlock to whom a commit of another node is in the way, at any
 * statement or at COMMIT; what else fails a COMMIT there (1180, a lost connection) may have been kept all the same, and is not repeated.
 */
const RETRYABLE_ERRNOS = new Set([1213, 1205, 1020]);
const DUPLICATE_ERRNOS = new Set([1062]);

/** Whether nothing of a transaction was kept, and the same work may succeed when it runs again. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof Contended) return true;
  if (!(error instanceof QueryFailedError)) return false;
  const { errno, code } = error.driverError as { errno?: number; code?: string };
  return (errno !== undefined && RETRYABLE_ERRNOS.has(errno)) || code === 'SQLITE_BUSY';
}

/** Whether a statement failed because a primary or unique key is taken. */
export function isDuplicate(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { errno, code } = error.driverError as { errno?: number; code?: string };
  return (
    (errno !== undefined && DUPLICATE_ERRNOS.has(errno)) ||
    code === 'SQLITE_CONSTRAINT_PRIMARYKEY' ||
    code === 'SQLITE_CONSTRAINT_UNIQUE'
  );
}

/** Whether a statement failed because the table is not there: nothing was ever migrated. */
export function isMissingTable(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { errno, message } = error.driverError as { errno?: number; message?: string };
  return errno === 1146 || (message?.startsWith('no such table') ?? false);
}

/** MySQL and MariaDB: 1021 the disk, 1114 the tablespace. SQLite says SHMSIZE where there is no room for what lies beside the file. */
const FULL_ERRNOS = new Set([1021, 1114]);
const FULL_CODES = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE']);

/** Whether there was no room for what a statement or a COMMIT had to write; nothing of the transaction was kept. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { errno, code } = error.driverError as { errno?: number; code?: string };
  return (errno !== undefined && FULL_ERRNOS.has(errno)) || (code !== undefined && FULL_CODES.has(code));
}

/** MySQL and MariaDB: 1290 with `read_only` or `super_read_only`, 1836 with `innodb_read_only`. */
const READ_ONLY_ERRNOS = new Set([1290, 1836]);

/** Whether the database takes no writes at all. */
export function isReadOnly(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const { errno, code } = error.driverError as { errno?: number; code?: string };
  return (errno !== undefined && READ_ONLY_ERRNOS.has(errno)) || (code?.startsWith('SQLITE_READONLY') ?? false);
}
