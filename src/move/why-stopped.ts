import { CommandFailure } from '../platform/command-failure.js';

/** The server did not take rows of a table. */
export class RowRefused extends Error {
  constructor(
    readonly table: string,
    override readonly cause: unknown,
  ) {
    super('rows were refused');
  }
}

/** What the server says of values themselves; all else is its own state, and passes. */
const OF_VALUES =
  /^(?:ER_DATA_TOO_LONG|ER_WARN_DATA_OUT_OF_RANGE|ER_TRUNCATED_WRONG_VALUE.*|ER_DUP_ENTRY|ER_BAD_NULL_ERROR|ER_CANT_CREATE_.*|WARN_DATA_TRUNCATED)$/;

/** Why a move ended early, in words; 5 where running it again goes on. The server's sentence may repeat a value and is not told, but for the column. */
export function whyStopped(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof CommandFailure) return error;
  if (signal.aborted) return new CommandFailure('stopped: run it again to go on', 5);
  const cause = error instanceof RowRefused ? error.cause : error;
  const { code, sqlMessage = '' } = Object(cause) as { code?: unknown; sqlMessage?: string };
  if (typeof code !== 'string') return cause;
  if (code.startsWith('SQLITE_'))
    return new CommandFailure(
      `SQLite did not let the file be read (${code}): see that nothing else uses it, and run it again`,
      5,
    );
  if (error instanceof RowRefused && OF_VALUES.test(code)) {
    const column = /column '(\w+)'/.exec(sqlMessage)?.[1];
    return new CommandFailure(
      `the server does not take a row of table ${error.table} (${code}${column === undefined ? '' : `, column ${column}`}). Nothing was switched over; masking move --undo lets the service start on SQLite again`,
    );
  }
  return new CommandFailure(`the server stopped the move (${code}): run it again to go on`, 5);
}
