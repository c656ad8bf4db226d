import { ENCRYPTION_KEYS } from './encryption-keys-table.js';
import { LIMITS } from './limits.js';
import { PLIVO_SWITCHES } from './plivo-switches.js';
import { OPERATORS } from './operators-table.js';
import { SESSIONS } from './sessions-table.js';
import type { Setting } from './setting.js';

export const settings = {
  HOST: { kind: 'host', default: '127.0.0.1', sentence: 'Address to listen on; 0.0.0.0 or :: for all.' },
  PORT: { kind: 'integer', min: 0, max: 65535, default: '8420', sentence: 'Port to listen on; 0 takes any free one.' },
  PUBLIC_URL: {
    kind: 'url',
    default: '',
    defaultInWords: 'http://HOST:PORT',
    sentence: 'Where Plivo reaches this service: base of every URL handed out and of every signature check.',
  },
  ...OPERATORS,
  ...LIMITS,
  TRUSTED_PROXIES: {
    kind: 'networks',
    default: '',
    defaultInWords: 'none',
    sentence:
      'Addresses or networks (10.0.0.0/8), separated by commas, whose X-Forwarded-For is believed to tell the client address.',
  },
  SHUTDOWN_DELAY_MS: {
    kind: 'integer',
    min: 0,
    max: 120_000,
    default: '',
    defaultInWords: '0; 5000 with NODE_ENV=production',
    sentence:
      'How long the listener stays open after SIGTERM, while /readyz already says no and answers close their connections, in milliseconds.',
  },
  DATABASE_URL: {
    kind: 'database',
    default: '',
    defaultInWords: 'sqlite:DATA_DIR/masking.db',
    secret: true,
    sentence:
      'sqlite:<path>, sqlite::memory: or mysql://user:password@host:3306/database (MySQL 8, MariaDB 10.6 or later); ?ssl=true for TLS, see docs/scaling.md.',
  },
  PLIVO_AUTH_ID: {
    kind: 'auth-id',
    default: '',
    defaultInWords: 'none: simulator with a demo account',
    secret: true,
    sentence: 'Auth ID of the Plivo account, which becomes the first account at first start.',
  },
  PLIVO_AUTH_TOKEN: {
    kind: 'token',
    default: '',
    defaultInWords: 'none',
    secret: true,
    sentence: 'Auth Token that belongs to PLIVO_AUTH_ID.',
  },
  PLIVO_API_URL: {
    kind: 'url',
    default: 'https://api.plivo.com',
    sentence: "Base of Plivo's REST API; /v1/Account/... is appended.",
  },
  PROVIDER: {
    kind: 'choice',
    choices: ['plivo', 'simulator'],
    default: '',
    defaultInWords: 'plivo when credentials are set, else simulator',
    sentence: 'Who carries the calls; in production the simulator runs only when it is named here.',
  },
  ADMIN_TOKEN: {
    kind: 'token',
    default: '',
    defaultInWords: 'generated at first start into DATA_DIR',
    secret: true,
    sentence: 'Bearer token of /admin, at least 16 characters.',
  },
  ...ENCRYPTION_KEYS,
  ...SESSIONS,
  ...PLIVO_SWITCHES,
  CALLBACK_ALLOW_PRIVATE: {
    kind: 'boolean',
    default: '',
    defaultInWords: 'false; true with the simulator',
    sentence: "Whether customers' callback URLs may be http or point at private addresses.",
  },
  CALLBACK_ALLOW_HTTP: {
    kind: 'boolean',
    default: '',
    defaultInWords: 'what CALLBACK_ALLOW_PRIVATE is',
    sentence: "Whether customers' callback URLs may be http, to public names all the same.",
  },
  DEFAULT_ALLOWED_COUNTRIES: {
    kind: 'countries',
    default: '',
    defaultInWords: 'own; all with the simulator',
    sentence:
      'Where calls of accounts made from now on may go until their allowed_countries is set: own (countries of their numbers), all, or a list (US,CA).',
  },
  MAX_REQUESTED_CALLS_PER_DAY: {
    kind: 'cap',
    default: '',
    defaultInWords: '10000; off with the simulator',
    sentence:
      'Calls to first parties that an account may request in a UTC day; 0 or off: any number. An account may have its own, daily_requested_calls.',
  },
  MAX_DESTINATIONS_PER_DAY: {
    kind: 'cap',
    default: '',
    defaultInWords: '5000; off with the simulator',
    sentence:
      'Different phones that an account may dial in a UTC day; 0 or off: any number. An account may have its own, daily_destinations.',
  },
  RETENTION_DAYS: {
    kind: 'integer',
    min: 1,
    max: 3650,
    default: '90',
    sentence:
      'How many days after its end a session is deleted with all that belongs to it; an account may have its own, retention_days.',
  },
  AUDIT_RETENTION_DAYS: {
    kind: 'integer',
    min: 30,
    max: 3650,
    default: '365',
    sentence: 'How many days what operators did stays in the audit.',
  },
  SYNC_NUMBERS: {
    kind: 'boolean',
    default: 'true',
    sentence: "Import the account's voice numbers from Plivo at start and every hour.",
  },
  ROLE: {
    kind: 'choice',
    choices: ['all', 'api', 'worker'],
    default: 'all',
    sentence: 'Which part of the service this process plays.',
  },
  WORKER_POLL_MS: {
    kind: 'integer',
    min: 10,
    max: 60_000,
    default: '500',
    sentence: 'How often due jobs are looked for, in milliseconds.',
  },
  MIGRATE: {
    kind: 'choice',
    choices: ['auto', 'check', 'off'],
    default: 'auto',
    sentence: 'At start: run pending migrations, refuse to start when there are any, or do not look.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    kind: 'url',
    default: '',
    defaultInWords: 'none: no traces',
    sentence: 'Collector that gets traces by OTLP over HTTP, /v1/traces is appended; docs/traces.md.',
  },
  LOG_LEVEL: {
    kind: 'choice',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    default: 'info',
    sentence: 'The least important lines that are still written.',
  },
  LOG_FORMAT: {
    kind: 'choice',
    choices: ['json', 'pretty'],
    default: '',
    defaultInWords: 'json; pretty on a terminal',
    sentence: 'One JSON object per line, or text for people.',
  },
  DATA_DIR: { kind: 'folder', default: 'data', sentence: 'Folder where SQLite, generated keys and recordings live.' },
  RECORDING_STORE: {
    kind: 'store',
    default: '',
    defaultInWords: 'DATA_DIR/recordings',
    sentence: 'Where recordings are kept, encrypted: a folder that every process sees, or s3://bucket/prefix.',
  },
  RECORDING_STORE_ENDPOINT: {
    kind: 'url',
    default: '',
    defaultInWords: 'https://s3.REGION.amazonaws.com',
    sentence: 'Base URL of the S3 service when RECORDING_STORE is s3://...; the bucket is appended as a path.',
  },
  RECORDING_STORE_REGION: { kind: 'region', default: 'us-east-1', sentence: 'Region that S3 requests are signed for.' },
  RECORDING_STORE_ACCESS_KEY: {
    kind: 'token',
    default: '',
    defaultInWords: 'none; required with s3://...',
    secret: true,
    sentence: 'Access key ID of the S3 service.',
  },
  RECORDING_STORE_SECRET_KEY: {
    kind: 'token',
    default: '',
    defaultInWords: 'none; required with s3://...',
    secret: true,
    sentence: 'Secret access key of the S3 service.',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;

/** Names of the settings of one kind. */
export type NamesOf<Kind extends Setting['kind']> = {
  [Name in SettingName]: (typeof settings)[Name]['kind'] extends Kind ? Name : never;
}[SettingName];

/** What `.env.example` and the manual are written from, in their order. */
export const settingsTable: readonly Readonly<Setting & { name: SettingName }>[] = Object.freeze(
  Object.entries(settings).map(([name, setting]) => Object.freeze({ name: name as SettingName, ...setting })),
);
