import type { Setting } from './setting.js';

export const ENCRYPTION_KEYS = {
  ENCRYPTION_KEY: {
    kind: 'key',
    default: '',
    defaultInWords: 'generated at first start into DATA_DIR; required in production',
    secret: true,
    sentence:
      'Key that encrypts phone numbers at rest: 32 bytes in base64. Short for ENCRYPTION_KEYS with key 1 alone.',
  },
  ENCRYPTION_KEYS: {
    kind: 'keys',
    default: '',
    defaultInWords: 'key 1, as ENCRYPTION_KEY has it',
    secret: true,
    sentence:
      'Several of them, while one takes the place of another: 2:<base64>,1:<base64>, ids 1 to 99; the first seals, all open.',
  },
} as const satisfies Record<string, Setting>;
