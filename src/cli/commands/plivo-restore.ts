import type { Command } from '../command.js';
import { ACCOUNT, refuseUndone, stepText, YES, type SetupOptions } from './plivo-setup.js';

export const plivoRestore: Command<SetupOptions> = {
  name: 'plivo restore',
  about: 'Put back at Plivo what was there before "plivo setup"',
  more: 'Each number gets back the application that it had, and the one that a setup has made is deleted. Numbers that somebody has given another one since keep it.',
  options: [ACCOUNT, { flags: '--dry-run', about: 'only show what would be done' }, YES],
  examples: ['plivo restore --dry-run', 'plivo restore --yes'],
  at: 'database',
  async run({ out, env, text, confirm }, { account, dryRun = false, yes }) {
    await text().withPlivoSetup(env, { account }, async ({ setup, accountId }) => {
      const planned = await setup.restore({ isDry: true });
      if (planned === null || dryRun)
        return out.show({ steps: planned ?? [] }, () =>
          planned === null
            ? `Nothing is remembered of ${accountId}: no setup has changed it.`
            : planned.map(({ what }) => what).join('\n'),
        );
      if (!out.isJson) out.say(planned.map(({ what }) => what).join('\n'));
      await confirm(`This is put back at Plivo for ${accountId}.`, yes);
      const steps = (await setup.restore({ isDry: false })) ?? [];
      out.show({ steps }, () => stepText(steps));
      refuseUndone(steps);
    });
  },
};
