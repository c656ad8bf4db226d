import {
  Argument as CommanderArgument,
  Command as Commander,
  CommanderError,
  InvalidArgumentError,
  Option as CommanderOption,
} from 'commander';
import { WrongValue, type Argument, type Command, type Option, type Values } from './command.js';
import { COMMON } from './common.js';
import { GROUPS } from './commands.js';

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong use, 3 settings, 4 not reachable, 5 partly done (run again to go on).
Results go to standard output, all else to standard error. docs/command-line.md has all commands.`;

export interface Common {
  data?: string;
  url?: string;
  token?: string;
  json?: boolean;
}

export interface ProgramOptions {
  version: string;
  write: (text: string) => void;
  writeError: (text: string) => void;
  /** Runs a command that was called as it should be. */
  act: (command: Command, options: Values & Common, args: string[]) => Promise<void>;
}

/** The commands as commander knows them. What it ends with is thrown as `CommanderError`. */
export function programOf(
  commands: readonly Command[],
  { version, write, writeError, act }: ProgramOptions,
): Commander {
  const root = new Commander('masking');
  const prepared = (one: Commander): Commander =>
    one
      .exitOverride()
      .configureOutput({ writeOut: write, writeErr: writeError })
      .configureHelp({ showGlobalOptions: true })
      .showHelpAfterError(`Usage and examples: ${pathOf(one)} --help`);
  prepared(root)
    .description('Operates a masking service.')
    .version(version, '--version', 'the version of this command line')
    .helpOption('--help', 'what can be done, and how')
    .addHelpText('after', EXIT_CODES);
  for (const option of COMMON) root.addOption(optionOf(option));

  const groups = new Map<string, Commander>();
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ');
    const parent = second === undefined ? root : groupOf(root, groups, first, prepared);
    const made = prepared(parent.command(second ?? first))
      .description(text(command))
      .helpOption('--help', 'this text');
    made.summary(command.about);
    for (const argument of command.arguments ?? []) made.addArgument(argumentOf(argument));
    for (const option of command.options ?? []) made.addOption(optionOf(option));
    made.addHelpText('after', `\nExamples:\n${command.examples.map((line) => `  masking ${line}`).join('\n')}`);
    made.action(async () => act(command, made.optsWithGlobals(), made.args));
  }
  return root;
}

function groupOf(
  root: Commander,
  groups: Map<string, Commander>,
  name: string,
  prepared: (one: Commander) => Commander,
): Commander {
  const known = groups.get(name);
  if (known) return known;
  const made = prepared(root.command(name))
    .summary(GROUPS[name] ?? name)
    .description(`${GROUPS[name] ?? name}.`)
    .helpOption('--help', 'this text');
  groups.set(name, made);
  return made;
}

function pathOf(command: Commander): string {
  const name = command.name();
  return command.parent === null ? name : `${pathOf(command.parent)} ${name}`;
}

function text({ about, more }: Command): string {
  return more === undefined ? `${about}.` : `${about}.\n\n${more}`;
}

function optionOf({ flags, about, choices, default: absent, read, isRequired }: Option): CommanderOption {
  const option = new CommanderOption(flags, about);
  if (choices) option.choices([...choices]);
  if (absent !== undefined) option.default(absent);
  if (read) option.argParser(readBy(read));
  if (isRequired) option.makeOptionMandatory();
  return option;
}

function argumentOf({ name, about, choices }: Argument): CommanderArgument {
  const argument = new CommanderArgument(name, about);
  return choices ? argument.choices([...choices]) : argument;
}

function readBy(read: (text: string) => unknown): (text: string) => unknown {
  return (given) => {
    try {
      return read(given);
    } catch (error) {
      throw error instanceof WrongValue ? new InvalidArgumentError(error.message) : error;
    }
  };
}

/** Help and version were asked for; everything else that commander ends with is wrong use. */
export function isAnswered(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

export function isWrongUse(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode !== 0;
}
