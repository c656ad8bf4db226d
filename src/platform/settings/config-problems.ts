/** One thing to correct before the service can start. `text` never holds a secret. */
export interface ConfigProblem {
  name: string;
  text: string;
}

/** Everything that is wrong with the settings, told at once. The program prints the message and exits with code 3. */
export class ConfigProblems extends Error {
  constructor(readonly problems: readonly ConfigProblem[]) {
    super(render(problems));
    this.name = 'ConfigProblems';
  }
}

function render(problems: readonly ConfigProblem[]): string {
  const width = Math.max(...problems.map(({ name }) => name.length));
  const lines = problems.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [`Configuration has ${count}:`, ...lines, 'Every setting, its default and its meaning: see .env.example'].join(
    '\n',
  );
}

/** The system's code of a failed file operation, such as ENOENT. Told by shape: an Error of another realm is no instance of ours. */
export function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}
