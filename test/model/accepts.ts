import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const MODEL = join(import.meta.dirname, 'masking.pml');

/**
 * What a committed transaction did, in the model's terms: parties are 1 to 3 (0: not known), numbers 0 and 1, sessions counted from 1 in the order of their
 * opening, instants whole units from the trace's beginning (up to 200).
 */
export interface TraceEvent {
  op: 'create' | 'update' | 'end' | 'tick' | 'answer' | 'drain' | 'remove';
  time: number;
  number: number;
  session: number;
  first: number;
  second: number;
  /** Units of the expiry that was asked for; 0: none was. */
  length: number;
  /** When the session ends now. */
  expires: number;
  /** Of an answer: who is dialled. */
  dialled: number;
}

/** Whether spin, and the preprocessor that it calls, are there. */
export async function hasSpin(): Promise<boolean> {
  return Promise.all([execute('spin', ['-V']), execute('gcc', ['--version'])]).then(
    () => true,
    () => false,
  );
}

/**
 * Runs the model's own steps in the order of the trace, each with the trace's choices. Returns null when every one of them is possible and ends as
 * recorded, or the index of the first that is not.
 */
export async function firstRefused(trace: TraceEvent[], coolOff: number): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), 'trace-'));
  try {
    const file = join(folder, 'trace.pml');
    await writeFile(file, program(trace, coolOff));
    const { stdout } = await execute('spin', ['-T', '-B', file], { cwd: folder, timeout: 30_000 });
    if (stdout.includes('accepted')) return null;
    const reached = [...stdout.matchAll(/event (\d+)/g)].at(-1)?.[1];
    if (reached === undefined) throw new Error(`spin did not begin: ${stdout}`);
    return Number(reached);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function program(trace: TraceEvent[], coolOff: number): string {
  const sessions = Array.from({ length: Math.max(3, ...trace.map(({ session }) => session)) }, (_, index) => index + 1);
  const any = sessions.reduceRight((otherwise, one) => `(f(${one}) -> ${one} : ${otherwise})`, '0');
  return `#define TRACE
#define ANSWERS
#define WITHDRAWS
#define NS ${sessions.length}
#define COOL ${coolOff}
#define EACH(f) (${sessions.map((one) => `f(${one})`).join(' && ')})
#define ANY(f) ${any}
#include "${MODEL}"
init {
  isQuiet = 1;
${trace.map(step).join('\n')}
  printf("accepted\\n")
}
`;
}

function step(event: TraceEvent, index: number): string {
  const { op, time, number, session, first, second, length, expires, dialled } = event;
  const row = `S[${session}].n == ${number} && S[${session}].exp == ${expires}`;
  const outcome = {
    create: `${row} && S[${session}].live && S[${session}].a == ${first} && S[${session}].b == ${second}`,
    update: `${row} && S[${session}].live && S[${session}].b == ${second}`,
    end: `${row} && !S[${session}].live`,
    tick: `${row} && !S[${session}].live`,
    answer: `dialled == ${dialled}`,
    drain: `N[${number}].state < 2`,
    remove: `N[${number}].state == 2`,
  }[op];
  const wanted = `wantA = ${first}; wantB = ${second}; wantN = ${number}; wantS = ${session}; wantLength = ${length}`;
  return `  printf("event ${index}\\n"); time = ${time}; dialled = 0; ${wanted};
  run Service(1, 1, ${op}); done == ${index + 1}; ${outcome};`;
}
