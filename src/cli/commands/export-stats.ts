import type { Command } from '../command.js';
import { EXPORT_OPTIONS, exportList, type ExportOptions } from '../exports.js';

export const exportStats: Command<ExportOptions & { account?: string; groupBy?: string; timeZone?: string }> = {
  name: 'export stats',
  about: 'What calls came to, by up to three keys',
  options: [
    ...EXPORT_OPTIONS,
    { flags: '--account <id>', about: 'of this account' },
    {
      flags: '--group-by <keys>',
      about: 'one to three of day, hour, month, number, session, account, country, subaccount, direction',
      default: 'day',
    },
    { flags: '--time-zone <name>', about: 'where days begin, such as Europe/Berlin (UTC)' },
  ],
  examples: [
    'export stats --from 2026-01-01 --group-by month,account,country --out 2026.csv',
    'export stats --group-by day --format json',
  ],
  at: 'service',
  run(context, { account, groupBy, timeZone, ...options }) {
    const { from, to } = options;
    return exportList(context, '/admin/stats', { account, group_by: groupBy, time_zone: timeZone, from, to }, options);
  },
};
