import type { Command } from '../command.js';
import { completionOf, SHELLS, type Shell } from '../completion.js';

export const completion: Command = {
  name: 'completion',
  about: 'A script by which the shell completes commands and options',
  arguments: [{ name: '<shell>', about: 'for which', choices: SHELLS }],
  examples: [
    'completion bash > /etc/bash_completion.d/masking',
    'completion zsh > ~/.zfunc/_masking',
    'completion fish > ~/.config/fish/completions/masking.fish',
  ],
  at: 'nothing',
  run({ out, commands }, _options, shell = '') {
    out.write(completionOf(commands, shell as Shell));
  },
};
