import type { Command } from './command.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What can follow words that were typed: `''`, `numbers`, `numbers list`. */
function following(commands: readonly Command[]): [words: string, next: string[]][] {
  const after = new Map<string, Set<string>>([['', new Set()]]);
  const add = (words: string, next: string): void => {
    after.set(words, (after.get(words) ?? new Set()).add(next));
  };
  for (const { name, options = [], arguments: expected = [] } of commands) {
    const [first = '', second] = name.split(' ');
    add('', first);
    if (second !== undefined) add(first, second);
    for (const { choices = [] } of expected) for (const choice of choices) add(name, choice);
    for (const { flags } of options) add(name, /--[\w-]+/.exec(flags)?.[0] ?? '');
    add(name, '--json');
    add(name, '--help');
  }
  return [...after].map(([words, next]) => [words, [...next]]);
}

export function completionOf(commands: readonly Command[], shell: Shell): string {
  const all = following(commands);
  if (shell === 'fish') return fish(all);
  const cases = all.map(([words, next]) => `    '${words}') reply='${next.join(' ')}' ;;`);
  const script = [
    '_masking() {',
    "  local words='' word reply=''",
    '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do case $word in -*) ;; *) words="${words:+$words }$word" ;; esac; done',
    '  case $words in',
    ...cases,
    '  esac',
    '  COMPREPLY=($(compgen -W "$reply" -- "${COMP_WORDS[COMP_CWORD]}"))',
    '}',
    'complete -o default -F _masking masking',
  ].join('\n');
  return shell === 'bash' ? script : `#compdef masking\nautoload -U +X bashcompinit && bashcompinit\n${script}`;
}

function fish(all: [words: string, next: string[]][]): string {
  const lines = all.map(([words, next]) => {
    const when = `test (string join ' ' (string match -v -- '-*' (commandline -opc))[2..-1]) = '${words}'`;
    return `complete -c masking -f -n "${when.replaceAll('"', '\\"')}" -a '${next.join(' ')}'`;
  });
  return lines.join('\n');
}
