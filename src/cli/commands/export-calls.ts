import type { Command } from '../command.js';
import { EXPORT_OPTIONS, exportList, type ExportOptions } from '../exports.js';
import { OUTCOMES } from './calls-list.js';

export const exportCalls: Command<ExportOptions & { account?: string; outcome?: string }> = {
  name: 'export calls',
  about: 'Calls with what became of them and what they cost',
  more: 'CSV has no number of a party, JSON has them masked. It is audited.',
  options: [
    ...EXPORT_OPTIONS,
    { flags: '--account <id>', about: 'of this account' },
    { flags: '--outcome <outcome>', about: 'only these', choices: OUTCOMES },
  ],
  examples: [
    'export calls --from 2026-11-01 --to 2026-12-01 --out calls.csv',
    'export calls --format json --outcome failed | jq length',
  ],
  at: 'service',
  run(context, { account, outcome, ...options }) {
    const { from, to } = options;
    return exportList(context, '/admin/calls', { account, outcome, from, to }, options);
  },
};
