import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { systemCode } from '../platform/settings/config-problems.js';
import type { Input } from './command.js';
import { EXIT, Failure } from './failure.js';

const LARGEST_INPUT = 16 * 1024 * 1024;

/** A file, or with `-` what comes on standard input. */
export async function readInput(path: string, stdin: Input): Promise<string> {
  if (path !== '-') {
    return readFile(path, 'utf8').catch((error: unknown) => {
      throw new Failure(`cannot read ${path} (${systemCode(error)})`);
    });
  }
  let text = '';
  for await (const chunk of stdin) {
    text += String(chunk);
    if (text.length > LARGEST_INPUT) throw new Failure(`standard input: expected at most ${LARGEST_INPUT} characters`);
  }
  return text;
}

const LARGEST_EXPORT = 256 * 1024 * 1024;

/** What another system has written, a file or with `-` standard input. Bytes that are no text are refused: read in their place would be something else. */
export async function readExport(path: string, stdin: Input): Promise<string> {
  const tooLarge = () =>
    new Failure(`expected at most ${LARGEST_EXPORT / 1024 / 1024} MiB: split it into several files`);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of path === '-' ? stdin : createReadStream(path)) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > LARGEST_EXPORT) throw tooLarge();
      chunks.push(bytes);
    }
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`cannot read ${path} (${systemCode(error)})`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Failure(`${path} is no UTF-8 text: export it anew`);
  }
}

/** Somebody's number, as an argument or, with `-`, on standard input, where neither the list of processes nor the shell's history has it. */
export async function readNumber(text: string, stdin: Input): Promise<string> {
  const number = (text === '-' ? await readInput('-', stdin) : text).trim();
  if (number === '' || number.length > 40)
    throw new Failure('expected a phone number with its country code', EXIT.wrongUse);
  return number;
}

/** Where a stream of results goes. */
export interface Sink {
  write(chunk: string | Uint8Array): Promise<void>;
  /** Everything is there. */
  finish(): Promise<void>;
  /** Something is missing: a file is not left behind. */
  abandon(): Promise<void>;
}

/** A file that is there whole or not at all, readable by its owner alone; one that is there already is left unless `isForced`. */
export async function fileSink(path: string, isForced: boolean): Promise<Sink> {
  if (!isForced && existsSync(path)) throw new Failure(`${path} is there already: name another file, or give --force`);
  const draft = `${path}.${randomBytes(4).toString('hex')}.part`;
  const told = (error: unknown): never => {
    throw new Failure(`cannot write ${path} (${systemCode(error)})`);
  };
  const file = await open(draft, 'wx', 0o600).catch(told);
  return {
    write: (chunk) => file.appendFile(chunk).catch(told),
    finish: async () => {
      await file.sync().catch(told);
      await file.close();
      await rename(draft, path).catch(told);
    },
    abandon: async () => {
      await file.close().catch(() => undefined);
      await rm(draft, { force: true });
    },
  };
}
