import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ConfigProblems, readConfig, settingsTable } from './config.js';

const AUTH_ID = 'MAXXXXXXXXXXXXXXXX01';
const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('base64');
const OTHER_KEY = Buffer.alloc(32, 'another key').toString('base64');
const PRODUCTION = {
  NODE_ENV: 'production',
  PLIVO_AUTH_ID: AUTH_ID,
  PLIVO_AUTH_TOKEN: 'plivo-token-of-the-test',
  PUBLIC_URL: 'https://mask.example.com',
  ENCRYPTION_KEY: KEY,
};

const folder = mkdtempSync(join(tmpdir(), 'config-spec-'));
afterAll(() => rmSync(folder, { recursive: true }));

function secretFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function problems(env: NodeJS.ProcessEnv): Record<string, string> {
  try {
    readConfig(env, false);
  } catch (error) {
    if (error instanceof ConfigProblems)
      return Object.fromEntries(error.problems.map(({ name, text }) => [name, text]));
    throw error;
  }
  return {};
}

describe('settings of an empty environment', () => {
  it('are the documented defaults', () => {
    expect(readConfig({}, false)).toMatchObject({
      http: {
        host: '127.0.0.1',
        port: 8420,
        publicUrl: 'http://127.0.0.1:8420',
        publicUrlIsDefault: true,
        maxConnections: 2000,
        trustedProxies: [],
      },
      database: { kind: 'sqlite', file: 'data/masking.db' },
      provider: { kind: 'simulator', apiUrl: '', firstAccount: null, syncNumbers: true },
      sessions: {
        defaultExpirySeconds: 3600,
        maxExpirySeconds: 86400,
        defaultCallTimeLimitSeconds: 3600,
        defaultRingTimeoutSeconds: 120,
        zeroExpiry: 'default',
        generatedPinLength: 6,
        flatAnswers: 'native',
      },
      plivo: {
        ringTone: 'auto',
        calleeSound: 'on',
        urlFragments: 'on',
        unsignedCalleeSound: 'refuse',
        countryRules: 'on',
        nationalCallers: 'refuse',
      },
      callbacks: { allowPrivate: true, allowHttp: true, own: 'http://127.0.0.1:8420' },
      accounts: { countriesOfNew: null, requestedCallsPerDay: 0, destinationsPerDay: 0 },
      role: 'all',
      jobs: { pollMs: 500 },
      migrate: 'auto',
      log: { level: 'info', format: 'json' },
      dataDir: 'data',
      recordings: { store: { kind: 'folder', folder: 'data/recordings' } },
      adminToken: null,
      encryptionKeys: null,
      production: false,
    });
  });

  it('write text for people on a terminal', () => {
    expect(readConfig({}, true).log.format).toBe('pretty');
    expect(readConfig({ LOG_FORMAT: 'json' }, true).log.format).toBe('json');
  });

  it('equal those of an environment whose settings are all empty', () => {
    const empty = Object.fromEntries(settingsTable.map(({ name }) => [name, '']));
    expect(readConfig(empty, false)).toEqual(readConfig({}, false));
  });

  it('keep SQLite in the data folder wherever that is', () => {
    expect(readConfig({ DATA_DIR: '/var/lib/masking' }).database).toEqual({
      kind: 'sqlite',
      file: '/var/lib/masking/masking.db',
    });
  });
});

describe('accepted settings', () => {
  it.each([
    ['https://mask.example.com/', 'https://mask.example.com'],
    ['https://mask.example.com/voice/masking/', 'https://mask.example.com/voice/masking'],
    ['HTTP://Mask.Example.com:8080', 'http://mask.example.com:8080'],
    ['https://mask.example.com:443', 'https://mask.example.com'],
  ])('PUBLIC_URL %s is %s', (given, read) => {
    expect(readConfig({ PUBLIC_URL: given }).http).toMatchObject({ publicUrl: read, publicUrlIsDefault: false });
  });

  it('reads addresses and networks of proxies', () => {
    const { http } = readConfig({ TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1,fd00::/8' });
    expect(http.trustedProxies).toEqual(['10.0.0.0/8', '127.0.0.1', 'fd00::/8']);
  });

  it.each(['10.0.0.0/33', '0.0.0.0/0', '::/129', 'loopback', '10.0.0.1,', '10.0.0.0/8/8', 'true'])(
    'refuses the proxies %s',
    (given) => {
      expect(() => readConfig({ TRUSTED_PROXIES: given })).toThrow(
        /TRUSTED_PROXIES  expected IP addresses or networks/,
      );
    },
  );

  it.each([
    ['0.0.0.0', 'http://127.0.0.1:9000'],
    ['::', 'http://127.0.0.1:9000'],
    ['::1', 'http://[::1]:9000'],
    ['localhost', 'http://localhost:9000'],
  ])('HOST %s is reached at %s', (host, url) => {
    expect(readConfig({ HOST: host, PORT: '9000' }).http.publicUrl).toBe(url);
  });

  it.each([
    ['sqlite::memory:', { kind: 'sqlite', file: ':memory:' }],
    ['sqlite:here/it is.db', { kind: 'sqlite', file: 'here/it is.db' }],
    ['sqlite:///data/m.db', { kind: 'sqlite', file: '/data/m.db' }],
    ['mysql://root@127.0.0.1:3306/masking', { kind: 'mysql', url: 'mysql://root@127.0.0.1:3306/masking' }],
    ['mariadb://u:p%40ss@db/masking', { kind: 'mysql', url: 'mariadb://u:p%40ss@db/masking' }],
  ])('DATABASE_URL %s', (url, database) => {
    expect(readConfig({ DATABASE_URL: url }).database).toEqual(database);
  });

  it('select Plivo when credentials are there', () => {
    const config = readConfig({
      PLIVO_AUTH_ID: AUTH_ID,
      PLIVO_AUTH_TOKEN: 'abc',
      PLIVO_API_URL: 'http://localhost:1/',
    });
    expect(config.provider).toMatchObject({
      kind: 'plivo',
      apiUrl: 'http://localhost:1',
      firstAccount: { authId: AUTH_ID, authToken: 'abc' },
    });
    expect(config.callbacks.allowPrivate).toBe(false);
  });

  it('run in production', () => {
    const config = readConfig({ ...PRODUCTION, ADMIN_TOKEN: 'q8Zr-4vTn_Lx0pWd2sKf', PORT: '0' });
    expect(config).toMatchObject({ production: true, adminToken: 'q8Zr-4vTn_Lx0pWd2sKf', http: { port: 0 } });
    expect(config.encryptionKeys).toEqual([{ id: 1, key: Buffer.from(KEY, 'base64') }]);
  });

  it('name several encryption keys, the sealing one first', () => {
    const key = (text: string): Buffer => Buffer.from(text, 'base64');
    const { ENCRYPTION_KEY: _, ...others } = PRODUCTION;
    expect(readConfig({ ...others, ENCRYPTION_KEYS: `12:${OTHER_KEY}, 1:${KEY}` }).encryptionKeys).toEqual([
      { id: 12, key: key(OTHER_KEY) },
      { id: 1, key: key(KEY) },
    ]);
  });

  it('run the simulator in production when it is named', () => {
    const env = { NODE_ENV: 'production', PROVIDER: 'simulator', ENCRYPTION_KEY: KEY };
    expect(readConfig(env).provider).toMatchObject({ kind: 'simulator', apiUrl: '' });
  });

  it('cannot be changed and do not print their secrets', () => {
    const config = readConfig(PRODUCTION);
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.provider.firstAccount!, { authToken: '' })).toThrow(TypeError);
    expect(inspect(config) + JSON.stringify({ config })).not.toContain(PRODUCTION.PLIVO_AUTH_TOKEN);
  });
});

describe('refused settings', () => {
  it.each([
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['HOST', 'http://localhost'],
    ['HOST', '[::1]'],
    ['HOST', '300.1.1.1'],
    ['PUBLIC_URL', 'mask.example.com'],
    ['PUBLIC_URL', 'ftp://mask.example.com'],
    ['PUBLIC_URL', 'https://mask.example.com/?a=1'],
    ['PUBLIC_URL', 'https://mask.example.com/#top'],
    ['PUBLIC_URL', 'https:mask.example.com'],
    ['PLIVO_API_URL', 'api.plivo.com'],
    ['DATABASE_URL', 'postgres://u:p@h/db'],
    ['DATABASE_URL', 'sqlite:'],
    ['DATABASE_URL', 'sqlite://data/masking.db'],
    ['DATABASE_URL', 'mysql://h/db'],
    ['DATABASE_URL', 'mysql://u:p@h'],
    ['DATABASE_URL', 'mysql://u:p#w@h/db'],
    ['PROVIDER', 'Plivo'],
    ['PLIVO_AUTH_ID', 'MA123'],
    ['PLIVO_AUTH_ID', 'SAXXXXXXXXXXXXXXXX01'],
    ['PLIVO_AUTH_TOKEN', 'two words'],
    ['ENCRYPTION_KEY', 'short'],
    ['ENCRYPTION_KEY', `${KEY}AAAA`],
    ['ENCRYPTION_KEY', `!${KEY}`],
    ['ENCRYPTION_KEYS', KEY],
    ['ENCRYPTION_KEYS', `0:${KEY}`],
    ['ENCRYPTION_KEYS', `100:${KEY}`],
    ['ENCRYPTION_KEYS', `01:${KEY}`],
    ['ENCRYPTION_KEYS', `2:${KEY},`],
    ['ENCRYPTION_KEYS', `2:${OTHER_KEY},2:${KEY}`],
    ['ENCRYPTION_KEYS', `2:${KEY},1:${KEY}`],
    ['DEFAULT_SESSION_EXPIRY', '59'],
    ['MAX_SESSION_EXPIRY', '31536001'],
    ['DEFAULT_CALL_TIME_LIMIT', '86401'],
    ['DEFAULT_RING_TIMEOUT', '0'],
    ['ZERO_SESSION_EXPIRY', 'forever'],
    ['FLAT_ANSWERS', 'Seed'],
    ['GENERATED_PIN_LENGTH', '3'],
    ['GENERATED_PIN_LENGTH', '16'],
    ['CALLBACK_ALLOW_PRIVATE', 'yes'],
    ['SYNC_NUMBERS', '1'],
    ['ROLE', 'web'],
    ['WORKER_POLL_MS', '9'],
    ['MIGRATE', 'yes'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_FORMAT', 'text'],
    ['NODE_ENV', 'prod'],
  ])('%s=%s', (name, value) => {
    expect(Object.keys(problems({ [name]: value }))).toContain(name);
  });

  it.each([
    'short',
    'passwordpassword',
    'aaaaaaaaaaaaaaaaaaaa',
    '0123456789abcdef',
    'change-me-please-1234',
    'has spaces in the middle',
  ])('ADMIN_TOKEN=%s', (token) => {
    expect(problems({ ADMIN_TOKEN: token })['ADMIN_TOKEN']).toContain('expected');
  });

  it('name the accepted values and show what came', () => {
    expect(problems({ PORT: 'http', ROLE: 'web' })).toEqual({
      PORT: 'expected a whole number from 0 to 65535 (got "http")',
      ROLE: 'expected all, api or worker (got "web")',
    });
  });

  it('include a default session longer than the longest', () => {
    expect(problems({ MAX_SESSION_EXPIRY: '1800' })['DEFAULT_SESSION_EXPIRY']).toContain('(got 3600, its default)');
    expect(problems({ MAX_SESSION_EXPIRY: '1800', DEFAULT_SESSION_EXPIRY: '1800' })).toEqual({});
  });

  it('include one Plivo credential without the other', () => {
    expect(problems({ PLIVO_AUTH_ID: AUTH_ID })).toEqual({
      PLIVO_AUTH_TOKEN: 'missing; set it or PLIVO_AUTH_TOKEN_FILE',
    });
    expect(Object.keys(problems({ PLIVO_AUTH_TOKEN: 'abc', PROVIDER: 'simulator' }))).toEqual(['PLIVO_AUTH_ID']);
    expect(Object.keys(problems({ PROVIDER: 'plivo' }))).toEqual(['PLIVO_AUTH_ID', 'PLIVO_AUTH_TOKEN']);
  });

  it.each([
    ['PUBLIC_URL', { PUBLIC_URL: '' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'http://10.0.0.4' }],
    ['ENCRYPTION_KEY', { ENCRYPTION_KEY: '' }],
    ['ENCRYPTION_KEY', { ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') }],
    ['ENCRYPTION_KEYS', { ENCRYPTION_KEYS: `2:${OTHER_KEY}` }],
    ['ENCRYPTION_KEYS', { ENCRYPTION_KEY: '', ENCRYPTION_KEYS: `2:${KEY},1:${Buffer.alloc(32).toString('base64')}` }],
    ['PROVIDER', { PLIVO_AUTH_ID: '', PLIVO_AUTH_TOKEN: '' }],
  ])('%s in production with %j', (name, change) => {
    expect(Object.keys(problems({ ...PRODUCTION, ...change }))).toEqual([name]);
  });

  it.each([
    ['ENCRYPTION_KEY', 'ENCRYPTION_KEYS'],
    ['ENCRYPTION_KEY_FILE', 'ENCRYPTION_KEYS_FILE'],
  ])('%s beside %s, of which one is short for the other', (one, several) => {
    const isFile = one.endsWith('_FILE');
    const given = {
      [one]: isFile ? secretFile('one', KEY) : KEY,
      [several]: isFile ? secretFile('all', `1:${KEY}`) : `1:${KEY}`,
    };
    expect(problems(given)).toEqual({
      ENCRYPTION_KEYS: expect.stringMatching(
        /^set beside ENCRYPTION_KEY, which is short for key 1; keep ENCRYPTION_KEYS/,
      ),
    });
  });

  it('are told all at once, in columns', () => {
    const env = { ...PRODUCTION, PUBLIC_URL: 'http://10.0.0.4', PLIVO_AUTH_TOKEN: '', DATABSE_URL: 'x' };
    expect(() => readConfig(env)).toThrow(
      [
        'Configuration has 3 problems:',
        '  PLIVO_AUTH_TOKEN  missing; set it or PLIVO_AUTH_TOKEN_FILE',
        '  PUBLIC_URL        must be https in production (got http://10.0.0.4)',
        '  DATABSE_URL       unknown; did you mean DATABASE_URL?',
      ].join('\n'),
    );
  });

  it('never show a secret', () => {
    const secrets = {
      DATABASE_URL: 'oracle://u:SENTINEL@h/db',
      PLIVO_AUTH_ID: 'SENTINEL',
      PLIVO_AUTH_TOKEN: 'SENTINEL ',
      ADMIN_TOKEN: 'SENTINEL',
      ENCRYPTION_KEYS: `1:${KEY},2:SENTINEL`,
      PUBLIC_URL: 'https://u:SENTINEL@mask.example.com',
      PLIVO_API_URL: 'ftp://SENTINEL@api.plivo.com',
    };
    const told = problems(secrets);
    expect(Object.keys(told).sort()).toEqual(Object.keys(secrets).sort());
    expect(JSON.stringify(told)).not.toContain('SENTINEL');
  });
});

describe('a secret from a file', () => {
  it.each(settingsTable.filter(({ secret }) => secret).map(({ name }) => name))('%s_FILE is read', (name) => {
    expect(problems({ [`${name}_FILE`]: join(folder, 'none') })[`${name}_FILE`]).toContain('ENOENT');
  });

  it('loses the newline at its end, and only that', () => {
    const path = secretFile('token', 'q8Zr-4vTn_Lx0pWd2sKf\n');
    expect(readConfig({ ADMIN_TOKEN_FILE: path }).adminToken).toBe('q8Zr-4vTn_Lx0pWd2sKf');
    expect(problems({ ADMIN_TOKEN_FILE: secretFile('spaced', 'q8Zr-4vTn_Lx0pWd2sKf \n') })).toHaveProperty(
      'ADMIN_TOKEN',
    );
  });

  it('is refused beside the setting itself', () => {
    const env = { ADMIN_TOKEN: 'q8Zr-4vTn_Lx0pWd2sKf', ADMIN_TOKEN_FILE: secretFile('second', 'q8Zr-4vTn_Lx0pWd2sKf') };
    expect(problems(env)).toEqual({ ADMIN_TOKEN: 'set twice; keep either ADMIN_TOKEN or ADMIN_TOKEN_FILE' });
  });

  it('is refused when empty or a folder', () => {
    expect(problems({ ADMIN_TOKEN_FILE: secretFile('empty', '\n') })['ADMIN_TOKEN_FILE']).toContain('is empty');
    expect(problems({ ADMIN_TOKEN_FILE: folder })['ADMIN_TOKEN_FILE']).toContain('EISDIR');
  });

  it('counts as set: credentials in files select Plivo', () => {
    const path = secretFile('plivo', 'abc\r\n');
    chmodSync(path, 0o400);
    const config = readConfig({ PLIVO_AUTH_ID: AUTH_ID, PLIVO_AUTH_TOKEN_FILE: path });
    expect(config.provider).toMatchObject({ kind: 'plivo', firstAccount: { authToken: 'abc' } });
  });
});

describe('RATE_LIMIT', () => {
  it('is requests in seconds, or off', () => {
    expect(readConfig({}).http.rateLimit).toEqual({ requests: 300, seconds: 5 });
    expect(readConfig({ RATE_LIMIT: '1/1s' }).http.rateLimit).toEqual({ requests: 1, seconds: 1 });
    expect(readConfig({ RATE_LIMIT: '100000/3600s' }).http.rateLimit).toEqual({ requests: 100_000, seconds: 3600 });
    expect(readConfig({ RATE_LIMIT: 'off' }).http.rateLimit).toBeNull();
  });

  it.each(['0/5s', '300', '300/5', '300/0s', '100001/5s', '300/3601s', 'on'])('is refused as %s', (text) => {
    expect(problems({ RATE_LIMIT: text })['RATE_LIMIT']).toContain('expected requests/seconds such as 300/5s');
  });
});

describe('.env.example', () => {
  it('holds every setting with its sentence and default, and nothing else', () => {
    const text = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    const blocks = settingsTable.map((setting) =>
      [
        `# ${setting.sentence}`,
        `# Default: ${setting.defaultInWords ?? setting.default}`,
        `#${setting.name}=${setting.default}`,
      ].join('\n'),
    );
    expect(text.split('\n\n').slice(1).join('\n\n').trimEnd()).toBe(blocks.join('\n\n'));
  });
});

describe('what new accounts may do', () => {
  const PLIVO = { PLIVO_AUTH_ID: AUTH_ID, PLIVO_AUTH_TOKEN: 'plivo-token-of-the-test' };
  const accountsOf = (env: NodeJS.ProcessEnv) => readConfig(env, false).accounts;

  it('is bounded with Plivo, where it costs money', () => {
    expect(accountsOf(PLIVO)).toEqual({
      countriesOfNew: 'own',
      requestedCallsPerDay: 10_000,
      destinationsPerDay: 5_000,
    });
  });

  it.each([
    [{ DEFAULT_ALLOWED_COUNTRIES: 'all' }, { countriesOfNew: null }],
    [{ DEFAULT_ALLOWED_COUNTRIES: 'own' }, { countriesOfNew: 'own' }],
    [{ DEFAULT_ALLOWED_COUNTRIES: 'US, CA,US' }, { countriesOfNew: ['CA', 'US'] }],
    [{ MAX_REQUESTED_CALLS_PER_DAY: 'off' }, { requestedCallsPerDay: 0, destinationsPerDay: 5_000 }],
    [{ MAX_DESTINATIONS_PER_DAY: '0' }, { requestedCallsPerDay: 10_000, destinationsPerDay: 0 }],
    [
      { MAX_REQUESTED_CALLS_PER_DAY: '1', MAX_DESTINATIONS_PER_DAY: '2' },
      { requestedCallsPerDay: 1, destinationsPerDay: 2 },
    ],
  ])('is %j', (env, wanted) => {
    expect(accountsOf({ ...PLIVO, ...env })).toMatchObject(wanted);
  });

  it('is bounded in the simulator where it is told to be', () => {
    expect(accountsOf({ DEFAULT_ALLOWED_COUNTRIES: 'own', MAX_DESTINATIONS_PER_DAY: '7' })).toEqual({
      countriesOfNew: 'own',
      requestedCallsPerDay: 0,
      destinationsPerDay: 7,
    });
  });

  it.each([
    [{ DEFAULT_ALLOWED_COUNTRIES: 'none' }, 'DEFAULT_ALLOWED_COUNTRIES', 'own, all, or'],
    [{ DEFAULT_ALLOWED_COUNTRIES: 'us' }, 'DEFAULT_ALLOWED_COUNTRIES', 'in capitals'],
    [{ DEFAULT_ALLOWED_COUNTRIES: 'US,UK' }, 'DEFAULT_ALLOWED_COUNTRIES', '(got "US,UK")'],
    [{ DEFAULT_ALLOWED_COUNTRIES: 'US,' }, 'DEFAULT_ALLOWED_COUNTRIES', 'ISO 3166'],
    [{ DEFAULT_ALLOWED_COUNTRIES: 'own,US' }, 'DEFAULT_ALLOWED_COUNTRIES', 'ISO 3166'],
    [{ MAX_REQUESTED_CALLS_PER_DAY: '-1' }, 'MAX_REQUESTED_CALLS_PER_DAY', 'or off'],
    [{ MAX_DESTINATIONS_PER_DAY: 'never' }, 'MAX_DESTINATIONS_PER_DAY', 'whole number from 0'],
  ])('refuses %j', (env, name, words) => {
    expect(problems(env)).toEqual({ [name]: expect.stringContaining(words) });
  });
});

describe('the store of recordings', () => {
  const S3 = { RECORDING_STORE_ACCESS_KEY: 'AKID', RECORDING_STORE_SECRET_KEY: 'secret' };
  const storeOf = (env: NodeJS.ProcessEnv) => readConfig(env, false).recordings.store;

  it('is a folder, by default one in the data folder', () => {
    expect(storeOf({ DATA_DIR: '/var/masking' })).toEqual({ kind: 'folder', folder: '/var/masking/recordings' });
    expect(storeOf({ RECORDING_STORE: '/mnt/shared' })).toEqual({ kind: 'folder', folder: '/mnt/shared' });
  });

  it('is a bucket, by default of AWS', () => {
    const keys = { accessKey: 'AKID', secretKey: 'secret' };
    expect(storeOf({ RECORDING_STORE: 's3://calls/eu/live/', ...S3 })).toEqual({
      kind: 's3',
      bucket: 'calls',
      prefix: 'eu/live',
      region: 'us-east-1',
      ...keys,
      endpoint: 'https://s3.us-east-1.amazonaws.com',
    });
    const other = { RECORDING_STORE_ENDPOINT: 'https://minio.example.com/', RECORDING_STORE_REGION: 'eu-1' };
    expect(storeOf({ RECORDING_STORE: 's3://calls', ...S3, ...other })).toMatchObject({
      prefix: '',
      region: 'eu-1',
      endpoint: 'https://minio.example.com',
    });
  });

  it.each([
    [{ RECORDING_STORE: 's3://', ...S3 }, 'RECORDING_STORE'],
    [{ RECORDING_STORE: 's3://UPPER/x', ...S3 }, 'RECORDING_STORE'],
    [{ RECORDING_STORE: 's3://calls/../x', ...S3 }, 'RECORDING_STORE'],
    [{ RECORDING_STORE: 's3://calls//x', ...S3 }, 'RECORDING_STORE'],
    [{ RECORDING_STORE: 'gs://calls', ...S3 }, 'RECORDING_STORE'],
    [{ RECORDING_STORE: 's3://calls', RECORDING_STORE_SECRET_KEY: 'x' }, 'RECORDING_STORE_ACCESS_KEY'],
    [{ RECORDING_STORE: 's3://calls', RECORDING_STORE_ACCESS_KEY: 'x' }, 'RECORDING_STORE_SECRET_KEY'],
    [{ RECORDING_STORE_REGION: 'no region' }, 'RECORDING_STORE_REGION'],
    [{ RECORDING_STORE_ENDPOINT: 'minio:9000' }, 'RECORDING_STORE_ENDPOINT'],
  ])('refuses %j', (env, name) => {
    expect(Object.keys(problems(env))).toEqual([name]);
  });
});
