/** The server is away, full, or does not take writes. What it was doing when it went is unknown; it may have committed. */
const OUTAGE_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_CON_COUNT_ERROR',
  'ER_USER_LIMIT_REACHED',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_QUERY_INTERRUPTED',
  'ER_CONNECTION_KILLED',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  // A node of a cluster that has lost the others takes no statements, and does not know what became of a commit under way.
  'ER_UNKNOWN_COM_ERROR',
  'ER_ERROR_DURING_COMMIT',
  'SQLITE_FULL',
  'SQLITE_BUSY',
  'SQLITE_READONLY',
  'SQLITE_CANTOPEN',
]);

/** Whether an error says that the database cannot be used now, as opposed to a statement that is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  return outageCode(error) !== null;
}

/** The code of an error that says so; null of any other error. */
export function outageCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  // TypeORM wraps what the driver says.
  const cause = (error as { driverError?: object }).driverError ?? error;
  const { code, fatal } = cause as { code?: unknown; fatal?: unknown };
  const word = typeof code === 'string' ? code : 'fatal';
  if (fatal === true || OUTAGE_CODES.has(word) || word.startsWith('SQLITE_IOERR')) return word;
  return null;
}
