import type { Setting } from './setting.js';

/** Where operators are served. */
export const OPERATORS = {
  OPERATORS_HOST: {
    kind: 'host',
    default: '',
    defaultInWords: 'HOST',
    sentence: 'Address that OPERATORS_PORT listens on.',
  },
  OPERATORS_PORT: {
    kind: 'integer',
    min: 0,
    max: 65535,
    default: '0',
    defaultInWords: '0: none, all is served on PORT',
    sentence:
      'Port on which /admin, /console, /metrics, /docs and /openapi.json are served, and then on no other; it answers all other paths too.',
  },
} as const satisfies Record<string, Setting>;
