import { WrongValue, type Command, type Context } from '../command.js';
import { EXIT, Failure } from '../failure.js';
import type { Column } from '../output.js';
import type { SetupPlan, Step } from '../../plivo-setup/index.js';

export interface SetupOptions {
  account?: string;
  number?: ReadonlySet<string>;
  dryRun?: boolean;
  yes?: boolean;
}

export const ACCOUNT = {
  flags: '--account <id>',
  about: 'Auth ID; the account of the settings where left out',
} as const;
export const NUMBERS = {
  flags: '--number <list>',
  about: 'only these numbers, separated by commas',
  read: numberList,
} as const;
export const YES = { flags: '--yes', about: 'do not ask' } as const;

export const plivoSetup: Command<SetupOptions> = {
  name: 'plivo setup',
  about: "Give the pool's numbers an application at Plivo whose URLs lead here",
  more: 'It shows before and after, and asks. What each number had is kept in the data folder first, so that "plivo restore" can put it back; broken off anywhere, run it again. Numbers that are retired here, or another account\'s, are left alone. Texts are brought here too, except where somebody has given the application a message URL of another kind.',
  options: [ACCOUNT, NUMBERS, { flags: '--dry-run', about: 'only show what would be done' }, YES],
  examples: ['plivo setup --dry-run', 'plivo setup --yes', 'plivo setup --number +14155550100,+14155550101'],
  at: 'database',
  async run({ out, env, text, confirm }, { account, number: only, dryRun = false, yes }) {
    await text().withPlivoSetup(env, { account, only }, async ({ setup, accountId }) => {
      const plan = await setup.plan();
      if (dryRun || plan.isNothingToDo) return out.show(planned(plan), () => planText(out, plan));
      if (!out.isJson) out.say(planText(out, plan));
      const changes = plan.numbers.filter((each) => each.changes).length;
      await confirm(`${changes} numbers of ${accountId} are changed at Plivo.`, yes);
      const steps = await setup.carryOut(plan);
      out.show({ ...planned(plan), steps }, () => stepText(steps));
      refuseUndone(steps);
      if (!out.isJson)
        out.say(
          `What was there is kept in ${setup.memoryFile}; the service sees the change at its next number sync, which "masking numbers sync" brings about.`,
        );
    });
  },
};

/** Digits, each number once. */
function numberList(text: string): ReadonlySet<string> {
  const numbers = text.split(',').map((part) => /^\s*\+?(\d{5,15})\s*$/.exec(part)?.[1]);
  if (numbers.every((number) => number !== undefined)) return new Set(numbers);
  throw new WrongValue('expected virtual numbers such as +14155550100,+14155550101');
}

interface Shown {
  number: string;
  before: string | null;
  answer_url: string | null;
  changes: boolean;
  texts: 'here' | 'elsewhere' | 'nowhere';
}

function shownNumbers({ numbers }: SetupPlan): Shown[] {
  return numbers.map(({ number, before, beforeId, changes, texts }) => ({
    number: `+${number}`,
    before: before?.name ?? beforeId,
    answer_url: before?.answerUrl ?? null,
    changes,
    texts,
  }));
}

export function planned(plan: SetupPlan) {
  const { name, action, urls } = plan.application;
  return {
    application: {
      name,
      action,
      answer_url: urls.answerUrl,
      hangup_url: urls.hangupUrl,
      message_url: urls.messageUrl,
    },
    numbers: shownNumbers(plan),
  };
}

const WORDS = { make: 'is made', change: 'is changed', keep: 'is there already' } as const;

export function planText(out: Context['out'], plan: SetupPlan): string {
  const { name, action, urls, before } = plan.application;
  const columns: Column<Shown>[] = [
    { head: 'number', of: ({ number }) => number },
    { head: 'before', of: ({ before: had }) => had },
    { head: 'led to', of: ({ answer_url: url }) => url },
    { head: 'after', of: ({ changes }) => (changes ? name : 'unchanged') },
    { head: 'its texts go', of: ({ texts }) => texts },
  ];
  const head = `Application ${name} ${WORDS[action]}, and leads to ${urls.answerUrl}`;
  const former =
    action === 'change' && before
      ? [`Until now it leads to ${before.answerUrl ?? 'nowhere'}, and texts to ${before.messageUrl ?? 'nowhere'}`]
      : [];
  const rest = plan.isNothingToDo ? ['Nothing is to be done.'] : [];
  return [head, ...former, out.table(shownNumbers(plan), columns), ...rest].join('\n');
}

export function stepText(steps: readonly Step[]): string {
  return steps
    .map(({ what, problem }) => (problem === null ? `done    ${what}` : `FAILED  ${what}: ${problem}`))
    .join('\n');
}

export function refuseUndone(steps: readonly Step[]): void {
  const undone = steps.filter(({ problem }) => problem !== null).length;
  if (undone > 0)
    throw new Failure(`${undone} of ${steps.length} steps were not done: run it again to go on`, EXIT.partlyDone);
}
