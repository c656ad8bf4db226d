import type { Command } from '../command.js';
import { readExport } from '../files.js';
import { bringSessions } from '../moving/bring-sessions.js';
import { TWO_NUMBERS, twilioSessions, type TwilioWish } from '../moving/twilio-sessions.js';
import { DRY_RUN, INTO, type ImportOptions } from './import-plivo.js';

interface Options extends ImportOptions {
  twoNumbers?: TwilioWish['twoNumbers'];
  callbackUrl?: string;
}

export const importTwilioProxy: Command<Options> = {
  name: 'import twilio-proxy',
  about: "Take over live sessions of Twilio's Proxy: all or none",
  more: 'The file holds Sessions and their Participants as the API lists them: pages one behind the other, lists, or one a line. Each session keeps its number and its end, and gets a uuid that follows from its SID: the result says which. What is in the way is listed by SID, and then nothing is imported. Run twice it makes nothing twice: docs/moving-in.md.',
  arguments: [{ name: '<file>', about: 'JSON; - reads standard input' }],
  options: [
    INTO,
    DRY_RUN,
    {
      flags: '--two-numbers <how>',
      about:
        'of sessions whose participants call different numbers: refuse, leave out, or make a session on each number',
      choices: TWO_NUMBERS,
      default: 'refuse',
    },
    { flags: '--callback-url <url>', about: 'where the sessions tell what happens in them' },
  ],
  examples: [
    'import twilio-proxy proxy.json --account MAXXXXXXXXXXXXXXXXXX --dry-run',
    'import twilio-proxy proxy.json --account MAXXXXXXXXXXXXXXXXXX --two-numbers two-sessions --json > ids.json',
  ],
  at: 'service',
  async run({ out, service, stdin }, { account, dryRun = false, twoNumbers = 'refuse', callbackUrl }, file = '') {
    const found = twilioSessions(await readExport(file, stdin), { twoNumbers, callbackUrl });
    await bringSessions({ out, service }, { account, dryRun }, found);
  },
};
