import type { Setting } from './setting.js';

const ON_OFF = { kind: 'choice', choices: ['on', 'off'], default: 'on' } as const;

/** What is done about Plivo where nothing is documented: docs/plivo-uncertainties.md. */
export const PLIVO_SWITCHES = {
  RING_TONE: {
    kind: 'choice',
    choices: ['auto', 'off'],
    default: 'auto',
    sentence:
      'What a caller whose leg is answered already hears while the other phone rings: a ring tone of ours, or what Plivo plays.',
  },
  CALLEE_SOUND: {
    ...ON_OFF,
    sentence:
      "Whether the called party hears its session's file before it is connected; off where such calls never connect.",
  },
  URL_FRAGMENTS: {
    ...ON_OFF,
    sentence:
      "Whether the URLs that Plivo is given ask for repeats, behind a '#'; off where Plivo does not take that off.",
  },
  UNSIGNED_CALLEE_SOUND: {
    kind: 'choice',
    choices: ['refuse', 'take'],
    default: 'refuse',
    sentence:
      "Whether Plivo may fetch the callee's file and the ring tone without signature V3; neither holds a number.",
  },
  COUNTRY_RULES: {
    ...ON_OFF,
    sentence: 'Whether numbers of countries that keep calls inside (India) are lent only to parties of that country.',
  },
  NATIONAL_CALLERS: {
    kind: 'choice',
    choices: ['refuse', 'read'],
    default: 'refuse',
    sentence:
      'Whether callers shown with a 0 or 00 in front are read as in the country of the dialled number; else they are strangers.',
  },
} as const satisfies Record<string, Setting>;
