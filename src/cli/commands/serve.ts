import type { Command } from '../command.js';

export const serve: Command = {
  name: 'serve',
  about: 'Run the service, as `npm start` does',
  more: 'Settings are read from the environment. SIGTERM and Ctrl-C stop it when what it is doing is done.',
  examples: ['serve', '--data /var/lib/masking serve'],
  at: 'nothing',
  run({ env, text }) {
    text().start(env, []);
  },
};
