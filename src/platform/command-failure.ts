/** Ends a command of the command line from inside a module; it tells the message as it stands and ends with this code (docs/command-line.md). */
export class CommandFailure extends Error {
  override readonly name = 'Failure';

  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 3 | 4 | 5 = 1,
  ) {
    super(message);
  }
}
