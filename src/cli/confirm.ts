import { createInterface } from 'node:readline/promises';
import type { Input } from './command.js';
import { EXIT, Failure } from './failure.js';
import type { Streams } from './output.js';

/** Where nobody sits nothing is asked: who runs it from a program says `--yes`. */
export async function confirm(
  question: string,
  isYes: boolean | undefined,
  { stdin, stderr, signal }: { stdin: Input; stderr: Streams['stderr']; signal: AbortSignal },
): Promise<void> {
  if (isYes === true) return;
  if (stdin.isTTY !== true) throw new Failure(`${question} Nobody is there to answer: say --yes`, EXIT.wrongUse);
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await lines.question(`${question} Type yes to go on: `, { signal });
    if (answer.trim().toLowerCase() !== 'yes') throw new Failure('nothing was done');
  } finally {
    lines.close();
  }
}
