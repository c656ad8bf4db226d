import type { Setting } from './setting.js';

const YEAR_SECONDS = 31_536_000;
const DAY_SECONDS = 86_400;

/** What a session gets that does not say, what it may ask for, and how it is shown. */
export const SESSIONS = {
  DEFAULT_SESSION_EXPIRY: {
    kind: 'integer',
    min: 60,
    max: YEAR_SECONDS,
    default: '3600',
    sentence: 'Life of a session that names none, in seconds, from 60 to MAX_SESSION_EXPIRY.',
  },
  MAX_SESSION_EXPIRY: {
    kind: 'integer',
    min: 60,
    max: YEAR_SECONDS,
    default: '86400',
    sentence: 'Longest life that a session may ask for, in seconds.',
  },
  DEFAULT_CALL_TIME_LIMIT: {
    kind: 'integer',
    min: 60,
    max: DAY_SECONDS,
    default: '3600',
    sentence: 'Longest call of a session that names no limit, in seconds.',
  },
  DEFAULT_RING_TIMEOUT: {
    kind: 'integer',
    min: 1,
    max: 600,
    default: '120',
    sentence: 'How long the other party rings when the session does not say, in seconds.',
  },
  ZERO_SESSION_EXPIRY: {
    kind: 'choice',
    choices: ['default', 'never'],
    default: 'default',
    sentence: 'What an expiry of 0 means: the default life, or a session that never expires.',
  },
  GENERATED_PIN_LENGTH: {
    kind: 'integer',
    min: 4,
    max: 15,
    default: '6',
    sentence:
      "Digits of the PINs made for a session that asks for generated ones and names no length; 4 is Plivo's default.",
  },
  FLAT_ANSWERS: {
    kind: 'choice',
    choices: ['native', 'seed'],
    default: 'native',
    sentence:
      'What stands beside the session object of single answers: its own values, or texts as in the sample of Plivo\'s introductory page (`"false"`, `"3600"`, `"null"`, times without zone).',
  },
} as const satisfies Record<string, Setting>;
