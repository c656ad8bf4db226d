import type { Option } from './command.js';

/** What all commands take. */
export const COMMON: readonly Option[] = [
  { flags: '--data <dir>', about: "the service's data folder (DATA_DIR)" },
  { flags: '--url <url>', about: 'where the service runs (MASKING_URL; else HOST and PORT of the settings)' },
  {
    flags: '--token <token>',
    about: 'of an operator; better MASKING_TOKEN, MASKING_TOKEN_FILE, ADMIN_TOKEN or the data folder',
  },
  { flags: '--json', about: 'the result as JSON' },
];
