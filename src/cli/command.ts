import type { Output } from './output.js';
import type { Service } from './service.js';
import type { ServiceText } from './service-text.js';

/** Names are those of the long flags, in camel case. */
export type Values = Readonly<Record<string, unknown>>;

export interface Option {
  /** As commander reads them: `--account <id>`, `--all`. */
  flags: string;
  /** A sentence without a full stop. */
  about: string;
  choices?: readonly string[];
  default?: string | number;
  /** Throws `WrongValue` where the text is none. */
  read?: (text: string) => unknown;
  isRequired?: true;
}

export interface Argument {
  /** `<uuid>`, `[file]`. */
  name: string;
  about: string;
  choices?: readonly string[];
}

/** One command: `src/cli/commands/` has a file for each, `src/cli/commands.ts` lists them. */
export interface Command<Options extends object = object> {
  /** The words that call it: `numbers list`. The first of two is a group (`GROUPS`). */
  name: string;
  /** A sentence without a full stop. */
  about: string;
  /** What else is to be known of it: what it needs, what it leaves, what its exit codes mean. */
  more?: string;
  arguments?: readonly Argument[];
  options?: readonly Option[];
  /** Lines that can be pasted, each without `masking` in front. */
  examples: readonly string[];
  /** Where it does its work: the service that runs, its database and files, or neither. */
  at: 'service' | 'database' | 'nothing';
  run(context: Context, options: Options, ...args: string[]): Promise<void> | void;
}

/** Standard input. */
export type Input = NodeJS.ReadableStream & { isTTY?: boolean };

/** What a command has. */
export interface Context {
  out: Output;
  /** As the service would read it: `--data` is in it. */
  env: NodeJS.ProcessEnv;
  stdin: Input;
  /** The admin API of the running service, with address and token. Throws `Failure` where no token is to be had. */
  service(): Service;
  /** The service's own code: loaded when asked for, because it is large. */
  text(): ServiceText;
  /** Asks a person before what cannot be taken back; without a terminal `--yes` must have been given. */
  confirm(question: string, isYes: boolean | undefined): Promise<void>;
  /** All there are. */
  commands: readonly Command[];
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal;
}

/** A value of an option or argument that cannot be: told with the usage, exit code 2. */
export class WrongValue extends Error {}

/** Reads a whole number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new WrongValue(`expected a whole number from ${least} to ${most}`);
  };
}

const INSTANT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** An instant as the admin API takes it: ISO 8601, a date or a time, UTC where no offset is given. */
export function instant(text: string): string {
  if (INSTANT.test(text) && !Number.isNaN(Date.parse(text.slice(0, 10)))) return text;
  throw new WrongValue('expected an ISO 8601 date or time, such as 2026-11-29 or 2026-11-29T14:00Z');
}
