import type { Command } from '../command.js';
import { EXPORT_OPTIONS, exportList, type ExportOptions } from '../exports.js';

export const exportSessions: Command<ExportOptions & { account?: string; status?: string }> = {
  name: 'export sessions',
  about: 'Sessions by when they were opened, with their calls in sums',
  more: 'Numbers of parties are masked. It is audited.',
  options: [
    ...EXPORT_OPTIONS,
    { flags: '--account <id>', about: 'of this account' },
    { flags: '--status <status>', about: 'only these', choices: ['active', 'in-progress', 'expired'] },
  ],
  examples: ['export sessions --from 2026-11-01 --to 2026-12-01 --out sessions.csv', 'export sessions --format json'],
  at: 'service',
  run(context, { account, status, ...options }) {
    const { from, to } = options;
    return exportList(context, '/admin/sessions', { account, status, from, to }, options);
  },
};
