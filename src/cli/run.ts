import { maskText } from '../platform/logging/mask-text.js';
import { packageVersion } from '../platform/version.js';
import { addressOf } from './address.js';
import type { Command, Context, Input, Values } from './command.js';
import { COMMANDS } from './commands.js';
import { confirm } from './confirm.js';
import { EXIT, exitCodeOf, type ExitCode } from './failure.js';
import { Output, plain, type Streams } from './output.js';
import { isAnswered, isWrongUse, programOf, type Common } from './program.js';
import { Service } from './service.js';
import type { ServiceText } from './service-text.js';

/** What a command line has around it: a process, or a test. */
export interface Surroundings extends Streams {
  env: NodeJS.ProcessEnv;
  stdin: Input;
  loadService: () => ServiceText;
  /** Aborted when the command is to end. */
  stopped: AbortSignal;
  /** A command begins that minds `stopped`; the service has its own ways to stop. */
  onBegin?: () => void;
}

/** Runs what was typed, without the program's own name, and says with which code the process ends. */
export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<ExitCode> {
  const program = programOf(COMMANDS, {
    version: packageVersion(),
    write: (text) => around.stdout.write(text),
    writeError: (text) => around.stderr.write(plain(text, true)),
    act: (command, options, values) => act(command, options, { values, around }),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return codeOf(error, around);
  }
}

async function act(
  command: Command,
  options: Values & Common,
  { values, around }: { values: string[]; around: Surroundings },
): Promise<void> {
  const { stdin, stderr, stopped } = around;
  if (command.name !== 'serve') around.onBegin?.();
  const env = options.data === undefined ? around.env : { ...around.env, DATA_DIR: options.data };
  const out = new Output(around, { isJson: options.json === true, env });
  const context: Context = {
    out,
    env,
    stdin,
    service: () => {
      const address = addressOf(env, options);
      if (!address.isEncrypted)
        out.say('The token goes out unencrypted: give an https address if others share the network.');
      return new Service(address, stopped);
    },
    text: around.loadService,
    confirm: (question, isYes) => confirm(question, isYes, { stdin, stderr, signal: stopped }),
    commands: COMMANDS,
    signal: stopped,
  };
  try {
    await command.run(context, options, ...values);
  } finally {
    out.forgetProgress();
  }
}

/** What is ours says nothing that must not be read; a driver's message may repeat a value. */
function codeOf(error: unknown, { stderr, stopped }: Surroundings): ExitCode {
  if (isAnswered(error)) return EXIT.done;
  if (isWrongUse(error)) return EXIT.wrongUse;
  const { name, message = String(error), kind } = Object(error) as { name?: string; message?: string; kind?: string };
  const isOurs = name === 'Failure' || name === 'ConfigProblems' || kind !== undefined;
  const told = stopped.aborted && name === 'AbortError' ? 'stopped' : isOurs ? message : maskText(message);
  stderr.write(`masking: ${plain(told, true)}\n`);
  return exitCodeOf(error);
}
