import type { Command } from '../command.js';
import { readExport } from '../files.js';
import { bringSessions } from '../moving/bring-sessions.js';
import { plivoSessions } from '../moving/plivo-sessions.js';

export interface ImportOptions {
  account: string;
  dryRun?: boolean;
}

export const INTO = { flags: '--account <id>', about: 'into which account', isRequired: true } as const;
export const DRY_RUN = { flags: '--dry-run', about: 'only say what would be done, and what is in the way' } as const;

export const importPlivo: Command<ImportOptions> = {
  name: 'import plivo',
  about: "Take over live sessions of Plivo's number masking: all or none",
  more: 'The file holds what GET /v1/Account/{auth_id}/Masking/Session/ answers: pages one behind the other, a list of sessions, or one a line. Each session keeps its uuid, its number and its end; sessions that are over are skipped. What is in the way is listed, and then nothing is imported. Run twice it makes nothing twice: docs/moving-in.md.',
  arguments: [{ name: '<file>', about: 'JSON; - reads standard input' }],
  options: [INTO, DRY_RUN],
  examples: [
    'import plivo sessions.json --account MAXXXXXXXXXXXXXXXXXX --dry-run',
    'import plivo sessions.json --account MAXXXXXXXXXXXXXXXXXX',
  ],
  at: 'service',
  async run({ out, service, stdin }, { account, dryRun = false }, file = '') {
    const found = plivoSessions(await readExport(file, stdin));
    await bringSessions({ out, service }, { account, dryRun }, found);
  },
};
