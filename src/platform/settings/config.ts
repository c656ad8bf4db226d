import { join } from 'node:path';
import { inspect } from 'node:util';
import {
  parseAdminToken,
  parseAuthId,
  parseBaseUrl,
  parseCap,
  parseCountries,
  parseDatabase,
  parseHost,
  parseNetworks,
  parseRegion,
  parseStore,
  parseToken,
  type DatabaseSetting,
  type Rate,
} from './config-formats.js';
import { misspeltNames } from './config-names.js';
import { ConfigProblems } from './config-problems.js';
import { isProduction, SettingsReader } from './config-reader.js';
import { readEncryptionKeys, type EncryptionKey } from './encryption-keys.js';
import { isJsonAlone } from './json-alone.js';
import { settings, type SettingName } from './config-table.js';
import { readPlivo } from './read-plivo.js';

export { ConfigProblems } from './config-problems.js';
export { settingsTable } from './config-table.js';

/** The settings of this process, grouped by who needs them; frozen. The injection token of the value that `readConfig` returns. */
export abstract class Config {
  abstract readonly http: {
    readonly host: string;
    readonly port: number;
    /** A listener of operators' own; null: all is served on the one. */
    readonly operators: { readonly host: string; readonly port: number } | null;
    /** Without slash at the end; may have a path. With port 0 and no PUBLIC_URL it holds port 0: whoever listens knows the real one. */
    readonly publicUrl: string;
    readonly publicUrlIsDefault: boolean;
    readonly maxConnections: number;
    /** Addresses and networks in CIDR notation; may be empty. */
    readonly trustedProxies: readonly string[];
    readonly shutdownDelayMs: number;
    /** Of one account on /v1, in each process; null: any number of requests. */
    readonly rateLimit: Rate | null;
  };
  /** `url` is the setting as written: its scheme may be mysql or mariadb. `file` is a path or `:memory:`. */
  abstract readonly database: Readonly<DatabaseSetting>;
  abstract readonly provider: {
    readonly kind: 'plivo' | 'simulator';
    /** Without slash at the end; empty with the simulator, whose REST API is served by this process. */
    readonly apiUrl: string;
    readonly firstAccount: { readonly authId: string; readonly authToken: string } | null;
    readonly syncNumbers: boolean;
  };
  abstract readonly sessions: {
    readonly defaultExpirySeconds: number;
    readonly maxExpirySeconds: number;
    readonly defaultCallTimeLimitSeconds: number;
    readonly defaultRingTimeoutSeconds: number;
    readonly zeroExpiry: 'default' | 'never';
    readonly generatedPinLength: number;
    readonly flatAnswers: 'native' | 'seed';
  };
  /** What is done where nothing documents how Plivo behaves: docs/plivo-uncertainties.md. */
  abstract readonly plivo: {
    readonly ringTone: 'auto' | 'off';
    readonly calleeSound: 'on' | 'off';
    readonly urlFragments: 'on' | 'off';
    readonly unsignedCalleeSound: 'refuse' | 'take';
    readonly countryRules: 'on' | 'off';
    readonly nationalCallers: 'refuse' | 'read';
  };
  /** `own` is `http.publicUrl`. */
  abstract readonly callbacks: { readonly allowPrivate: boolean; readonly allowHttp: boolean; readonly own: string };
  abstract readonly accounts: {
    /** The `allowed_countries` of an account that is made. ISO 3166 codes; `own`: the countries of its numbers; null: every country. */
    readonly countriesOfNew: readonly string[] | 'own' | null;
    /** Of each account that has no caps of its own, in a UTC day; 0: any number. */
    readonly requestedCallsPerDay: number;
    readonly destinationsPerDay: number;
  };
  abstract readonly retention: {
    /** Of accounts without a time of their own. */
    readonly sessionDays: number;
    readonly auditDays: number;
  };
  abstract readonly role: 'all' | 'api' | 'worker';
  abstract readonly jobs: { readonly pollMs: number };
  abstract readonly migrate: 'auto' | 'check' | 'off';
  abstract readonly log: {
    readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
    readonly format: 'json' | 'pretty';
    /** Whether nothing but JSON lines may be written: LOG_FORMAT says so, or the service is in production and its log no terminal's. */
    readonly isStrict: boolean;
  };
  /** Where traces go, without slash at the end; null: nowhere. */
  abstract readonly tracesEndpoint: string | null;
  abstract readonly dataDir: string;
  abstract readonly recordings: {
    readonly store:
      | { readonly kind: 'folder'; readonly folder: string }
      | {
          readonly kind: 's3';
          readonly bucket: string;
          /** Without slash at its ends; may be empty. */
          readonly prefix: string;
          /** Without slash at the end. */
          readonly endpoint: string;
          readonly region: string;
          readonly accessKey: string;
          readonly secretKey: string;
        };
  };
  /** Null: the data folder keeps a generated one. */
  abstract readonly adminToken: string | null;
  /** The first seals, all open. Null, never in production: the data folder keeps a generated key 1. */
  abstract readonly encryptionKeys: readonly EncryptionKey[] | null;
  abstract readonly production: boolean;
}

/** Reads and checks every setting. Throws `ConfigProblems` that lists all that is wrong, so that one restart is enough. */
export function readConfig(env: NodeJS.ProcessEnv, isTerminal = process.stdout.isTTY): Config {
  const reader = new SettingsReader(env);
  const production = isProduction(env, reader);
  const http = readHttp(reader, production);
  const provider = readProvider(reader, production);
  if (production && provider.kind === 'plivo') requirePublicHttps(reader, http);

  const dataDir = reader.text('DATA_DIR') ?? settings.DATA_DIR.default;
  const config: Config = {
    http,
    database: reader.parsed('DATABASE_URL', parseDatabase) ?? { kind: 'sqlite', file: join(dataDir, 'masking.db') },
    provider,
    sessions: readSessions(reader),
    plivo: readPlivo(reader),
    callbacks: readCallbacks(reader, provider.kind, http.publicUrl),
    accounts: readAccounts(reader, provider.kind),
    retention: { sessionDays: reader.integer('RETENTION_DAYS'), auditDays: reader.integer('AUDIT_RETENTION_DAYS') },
    role: reader.choice('ROLE', settings.ROLE.default),
    jobs: { pollMs: reader.integer('WORKER_POLL_MS') },
    migrate: reader.choice('MIGRATE', settings.MIGRATE.default),
    log: {
      level: reader.choice('LOG_LEVEL', settings.LOG_LEVEL.default),
      format: reader.choice('LOG_FORMAT', isTerminal ? 'pretty' : 'json'),
      isStrict: isJsonAlone(env, isTerminal),
    },
    tracesEndpoint: reader.parsed('OTEL_EXPORTER_OTLP_ENDPOINT', parseBaseUrl),
    dataDir,
    recordings: { store: readStore(reader, dataDir) },
    adminToken: reader.parsed('ADMIN_TOKEN', parseAdminToken),
    encryptionKeys: readEncryptionKeys(reader, production),
    production,
  };

  const problems = [...reader.problems, ...misspeltNames(env)];
  if (problems.length > 0) throw new ConfigProblems(problems);
  return frozen(config);
}

function readHttp(reader: SettingsReader, production: boolean): Config['http'] {
  const host = reader.parsed('HOST', parseHost) ?? settings.HOST.default;
  const port = reader.integer('PORT');
  const given = reader.parsed('PUBLIC_URL', parseBaseUrl);
  return {
    host,
    port,
    operators: readOperators(reader, host, port),
    publicUrl: given ?? localUrl({ host, port }),
    publicUrlIsDefault: given === null,
    maxConnections: reader.integer('MAX_CONNECTIONS'),
    trustedProxies: reader.parsed('TRUSTED_PROXIES', parseNetworks) ?? [],
    shutdownDelayMs: reader.integer('SHUTDOWN_DELAY_MS', production ? 5000 : 0),
    rateLimit: reader.rate('RATE_LIMIT'),
  };
}

/** Under which this machine reaches a listener. */
export function localUrl({ host, port }: { host: string; port: number }): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function readOperators(reader: SettingsReader, host: string, port: number): Config['http']['operators'] {
  const own = reader.integer('OPERATORS_PORT');
  const ownHost = reader.parsed('OPERATORS_HOST', parseHost);
  if (own === 0) {
    if (ownHost !== null) reader.refuse('OPERATORS_HOST', 'is of no use without OPERATORS_PORT; set that too');
    return null;
  }
  if (own === port) reader.refuse('OPERATORS_PORT', `must be another port than PORT (got ${own})`);
  return { host: ownHost ?? host, port: own };
}

function requirePublicHttps(reader: SettingsReader, http: Config['http']): void {
  if (!reader.has('PUBLIC_URL')) {
    reader.refuse('PUBLIC_URL', 'missing; set it to the https URL under which Plivo reaches this service');
  } else if (!http.publicUrlIsDefault && !http.publicUrl.startsWith('https:')) {
    reader.refuse('PUBLIC_URL', `must be https in production (got ${http.publicUrl})`);
  }
}

function readProvider(reader: SettingsReader, production: boolean): Config['provider'] {
  const hasCredentials = reader.has('PLIVO_AUTH_ID') || reader.has('PLIVO_AUTH_TOKEN');
  const kind = reader.choice('PROVIDER', hasCredentials ? 'plivo' : 'simulator');
  if (hasCredentials || kind === 'plivo') {
    requireSecret(reader, 'PLIVO_AUTH_ID');
    requireSecret(reader, 'PLIVO_AUTH_TOKEN');
  } else if (production && !reader.has('PROVIDER')) {
    const choice = 'set PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN, or PROVIDER=simulator to run without real calls';
    reader.refuse('PROVIDER', `no Plivo credentials in production; ${choice}`);
  }

  const authId = reader.parsed('PLIVO_AUTH_ID', parseAuthId);
  const authToken = reader.parsed('PLIVO_AUTH_TOKEN', parseToken);
  const apiUrl = reader.parsed('PLIVO_API_URL', parseBaseUrl) ?? settings.PLIVO_API_URL.default;
  return {
    kind,
    apiUrl: kind === 'plivo' ? apiUrl : '',
    firstAccount: authId === null || authToken === null ? null : { authId, authToken },
    syncNumbers: reader.boolean('SYNC_NUMBERS', settings.SYNC_NUMBERS.default === 'true'),
  };
}

function readCallbacks(reader: SettingsReader, provider: 'plivo' | 'simulator', own: string): Config['callbacks'] {
  const allowPrivate = reader.boolean('CALLBACK_ALLOW_PRIVATE', provider === 'simulator');
  return { allowPrivate, allowHttp: reader.boolean('CALLBACK_ALLOW_HTTP', allowPrivate), own };
}

/** Against stolen credentials; nobody pays for what the simulator dials. */
function readAccounts(reader: SettingsReader, provider: 'plivo' | 'simulator'): Config['accounts'] {
  const isReal = provider === 'plivo';
  const countries = reader.parsed('DEFAULT_ALLOWED_COUNTRIES', parseCountries) ?? (isReal ? 'own' : 'all');
  return {
    countriesOfNew: countries === 'all' ? null : countries,
    requestedCallsPerDay: reader.parsed('MAX_REQUESTED_CALLS_PER_DAY', parseCap) ?? (isReal ? 10_000 : 0),
    destinationsPerDay: reader.parsed('MAX_DESTINATIONS_PER_DAY', parseCap) ?? (isReal ? 5_000 : 0),
  };
}

function requireSecret(reader: SettingsReader, name: SettingName): void {
  if (!reader.has(name)) reader.refuse(name, `missing; set it or ${name}_FILE`);
}

function readSessions(reader: SettingsReader): Config['sessions'] {
  const defaultExpirySeconds = reader.integer('DEFAULT_SESSION_EXPIRY');
  const maxExpirySeconds = reader.integer('MAX_SESSION_EXPIRY');
  if (defaultExpirySeconds > maxExpirySeconds) {
    const origin = reader.has('DEFAULT_SESSION_EXPIRY') ? '' : ', its default';
    reader.refuse(
      'DEFAULT_SESSION_EXPIRY',
      `expected at most MAX_SESSION_EXPIRY, which is ${maxExpirySeconds} (got ${defaultExpirySeconds}${origin})`,
    );
  }
  return {
    defaultExpirySeconds,
    maxExpirySeconds,
    defaultCallTimeLimitSeconds: reader.integer('DEFAULT_CALL_TIME_LIMIT'),
    defaultRingTimeoutSeconds: reader.integer('DEFAULT_RING_TIMEOUT'),
    zeroExpiry: reader.choice('ZERO_SESSION_EXPIRY', settings.ZERO_SESSION_EXPIRY.default),
    generatedPinLength: reader.integer('GENERATED_PIN_LENGTH'),
    flatAnswers: reader.choice('FLAT_ANSWERS', settings.FLAT_ANSWERS.default),
  };
}

function readStore(reader: SettingsReader, dataDir: string): Config['recordings']['store'] {
  const store = reader.parsed('RECORDING_STORE', parseStore) ?? { kind: 'folder', folder: join(dataDir, 'recordings') };
  const region = reader.parsed('RECORDING_STORE_REGION', parseRegion) ?? settings.RECORDING_STORE_REGION.default;
  const endpoint = reader.parsed('RECORDING_STORE_ENDPOINT', parseBaseUrl);
  const accessKey = reader.parsed('RECORDING_STORE_ACCESS_KEY', parseToken) ?? '';
  const secretKey = reader.parsed('RECORDING_STORE_SECRET_KEY', parseToken) ?? '';
  if (store.kind === 'folder') return store;
  requireSecret(reader, 'RECORDING_STORE_ACCESS_KEY');
  requireSecret(reader, 'RECORDING_STORE_SECRET_KEY');
  return { ...store, endpoint: endpoint ?? `https://s3.${region}.amazonaws.com`, region, accessKey, secretKey };
}

/** Frozen through and through (a Buffer cannot be), and silent about its secrets when somebody prints it whole. */
function frozen(config: Config): Config {
  for (const part of Object.values(config)) {
    if (typeof part === 'object' && !Buffer.isBuffer(part)) Object.freeze(part);
  }
  if (config.provider.firstAccount !== null) Object.freeze(config.provider.firstAccount);
  Object.freeze(config.recordings.store);
  const silent = () => '[settings]';
  Object.defineProperties(config, { [inspect.custom]: { value: silent }, toJSON: { value: silent } });
  return Object.freeze(config);
}
