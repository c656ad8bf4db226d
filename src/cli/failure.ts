/** What the command line ends with. `partlyDone`: run it again to go on. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, settings: 3, notReachable: 4, partlyDone: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command. The message says what was tried, what came back and what to do; it holds no token and no party's number. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = EXIT.failed,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** Of the system, when a database or a service does not answer. */
const NOT_REACHABLE =
  /^(?:ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|PROTOCOL_CONNECTION_LOST)$/;

/** Told by shape: what the service's text throws is of classes of its own. */
export function exitCodeOf(error: unknown): ExitCode {
  const { name, exitCode, code } = Object(error) as { name?: unknown; exitCode?: unknown; code?: unknown };
  if (name === 'ConfigProblems') return EXIT.settings;
  if (typeof exitCode === 'number') return exitCode as ExitCode;
  return typeof code === 'string' && NOT_REACHABLE.test(code) ? EXIT.notReachable : EXIT.failed;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An id as a path takes it. What it is instead is not repeated: it may be somebody's number. */
export function uuidOf(text: string, what: string): string {
  if (UUID.test(text)) return text.toLowerCase();
  throw new Failure(`expected the UUID of a ${what}`, EXIT.wrongUse);
}
