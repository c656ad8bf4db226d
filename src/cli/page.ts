import type { Argument, Command, Option } from './command.js';
import { COMMON } from './common.js';
import { GROUPS } from './commands.js';

const WHERE: Record<Command['at'], string> = {
  service: 'Through the running service.',
  database: 'On the database and files; the service may be running.',
  nothing: '',
};

const HEAD = `# Command line

Written from the commands themselves by \`npm run docs:commands\`; a spec compares the two.

\`\`\`sh
npm exec masking -- COMMAND     # in a checkout, after npm ci
docker compose exec masking masking COMMAND
masking COMMAND --help          # what it takes, with examples
\`\`\`

| | |
| --- | --- |
| Settings | read from the environment, as the service reads them ([.env.example](../.env.example)); \`--data DIR\` is \`DATA_DIR\` |
| Where | commands that go through the service ask \`--url\`, \`MASKING_URL\`, or where \`HOST\` and \`PORT\` say that it listens |
| Token | \`--token\` (others on the machine can read it in the list of processes), \`MASKING_TOKEN\` or \`MASKING_TOKEN_FILE\`, \`ADMIN_TOKEN\` or \`ADMIN_TOKEN_FILE\`, or the one in the data folder, which is sent to this machine's service alone. Roles hold as in \`/admin\`: [operators.md](operators.md) |
| Results | go to standard output: tables for people, with \`--json\` JSON for programs, in the form of the admin API. Everything else goes to standard error. \`NO_COLOR\` is heeded |
| Questions | are asked on a terminal alone, before what cannot be taken back; elsewhere \`--yes\` is needed |
| Numbers | of parties are masked; \`--reveal\` shows them whole to support and admin, and is audited. Where a person's number is an argument, \`-\` reads it from standard input, so that no history has it |

| Exit code | |
| --- | --- |
| 0 | done |
| 1 | failed, refused, or something was found |
| 2 | wrong use |
| 3 | settings: wrong, missing, or of another place |
| 4 | not reachable: the service, or the database |
| 5 | partly done: run it again to go on |
`;

/** The manual, docs/command-line.md. */
export function manual(commands: readonly Command[]): string {
  const groups = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))];
  const ofGroup = (group: string): Command[] => commands.filter(({ name }) => name.split(' ')[0] === group);
  const parts = groups.flatMap((group) => [
    ...(GROUPS[group] === undefined ? [] : [`## ${group}\n\n${GROUPS[group]}.`]),
    ...ofGroup(group).map((command) => section(command, GROUPS[group] === undefined ? '##' : '###')),
  ]);
  const contents = commands.map(
    ({ name, about }) => `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(about)} |`,
  );
  const common = table(COMMON.map(optionRow));
  return (
    [HEAD, `| Command | |\n| --- | --- |\n${contents.join('\n')}`, `All of them take:\n\n${common}`, ...parts]
      .join('\n\n')
      .replace(/\n{3,}/g, '\n\n') + '\n'
  );
}

function section(
  { name, about, more, at, arguments: expected = [], options = [], examples }: Command,
  mark: string,
): string {
  const rows = [...expected.map(argumentRow), ...options.map(optionRow)];
  return [
    `${mark} ${name}`,
    `${about}. ${WHERE[at]}`.trim(),
    ...(more === undefined ? [] : [more]),
    ...(rows.length === 0 ? [] : [table(rows)]),
    ['```sh', ...examples.map((line) => `masking ${line}`), '```'].join('\n'),
  ].join('\n\n');
}

type Row = readonly [name: string, about: string];

function optionRow({ flags, about, choices, default: absent, isRequired }: Option): Row {
  const facts = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(absent === undefined ? [] : [`default ${absent}`]),
    ...(isRequired ? ['required'] : []),
  ];
  return [flags, facts.length === 0 ? about : `${about} (${facts.join('; ')})`];
}

function argumentRow({ name, about, choices }: Argument): Row {
  return [name, choices === undefined ? about : `${about} (${choices.join(', ')})`];
}

function table(rows: readonly Row[]): string {
  return ['| | |', '| --- | --- |', ...rows.map(([name, about]) => `| \`${cell(name)}\` | ${cell(about)} |`)].join(
    '\n',
  );
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
