import { spawn } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { runCommandLine } from '../../src/cli/run.js';
import * as text from '../../src/service.js';
import { build } from './process.js';

const CLI = new URL('../../dist/bin/cli.cjs', import.meta.url).pathname;

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  /** Resolves once it has written this, to either stream. */
  wrote: (what: RegExp) => Promise<void>;
  /** As Ctrl-C does. */
  stop: () => Promise<Ended>;
  ended: Promise<Ended>;
}

export interface CommandOptions {
  env?: Record<string, string>;
  input?: string;
}

/** The command line in this process, with no settings but these; standard input is no terminal. */
export function startMasking(args: readonly string[], { env = {}, input = '' }: CommandOptions = {}): Running {
  const written = { stdout: '', stderr: '' };
  const changes = new PassThrough();
  const stream = (name: 'stdout' | 'stderr') =>
    new PassThrough().on('data', (chunk: Buffer) => {
      written[name] += chunk.toString('utf8');
      changes.emit('change');
    });
  const stopping = new AbortController();
  const ended = runCommandLine(args, {
    env,
    stdin: Readable.from([input]),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    loadService: () => text,
    stopped: stopping.signal,
  }).then(async (code) => {
    await new Promise(setImmediate);
    return { code, ...written };
  });
  const wrote = (what: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!what.test(written.stdout + written.stderr)) return;
        changes.off('change', look);
        resolve();
      };
      changes.on('change', look);
      void ended.then(({ stdout, stderr }) =>
        reject(new Error(`it ended before it wrote ${String(what)}:\n${stdout}${stderr}`)),
      );
      look();
    });
  const stop = (): Promise<Ended> => {
    stopping.abort();
    return ended;
  };
  return { wrote, stop, ended };
}

export function masking(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return startMasking(args, options).ended;
}

/** The same as a process of its own. */
export function maskingProcess(
  args: readonly string[],
  { env = {}, input = '', cwd }: CommandOptions & { cwd?: string } = {},
): Promise<Ended> {
  build();
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (piece: string) => (written[name] += piece));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...written })));
}
