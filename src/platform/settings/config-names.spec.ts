import { describe, expect, it } from '@jest/globals';
import { misspeltNames } from './config-names.js';
import { settingsTable } from './config-table.js';

/** Names found in shells, containers, build servers and other services' settings. */
const ORDINARY = `
  PATH HOME SHELL USER LOGNAME MAIL PWD OLDPWD TERM LANG LC_ALL TZ SHLVL EDITOR VISUAL PAGER LESS LS_COLORS DISPLAY HOSTNAME HOSTTYPE HOST
  HOSTS PORTS ROLES MACHTYPE OSTYPE UID GID SSH_AUTH_SOCK SSH_TTY XDG_DATA_HOME XDG_DATA_DIRS XDG_CONFIG_DIRS XDG_RUNTIME_DIR TMPDIR TEMP
  NODE_ENV NODE_OPTIONS NODE_PATH NODE_VERSION NODE_EXTRA_CA_CERTS npm_config_cache npm_package_name npm_lifecycle_event INIT_CWD
  JAVA_HOME JAVA_DIR META_DIR BASE_DIR CACHE_DIR TEMP_DIR LOG_DIR LOG_FILE LOG_PATH PGDATA PGHOST MYSQL_HOST MYSQL_DATABASE MYSQL_ROOT_PASSWORD
  REDIS_URL BASE_URL API_URL APP_URL SITE_URL SERVER_URL PUBLIC_DIR PUBLIC_KEY PUBLIC_PORT DB_URL DB_PORT_3306_TCP_ADDR PORT_8420_TCP
  TEST_DATABASE_URL MY_DATABASE_URL DATABASE_URL_2 SHADOW_DATABASE_URL DATABASE_HOST DATABASE_USER DATABASE_NAME API_TOKEN AUTH_TOKEN
  ADMIN_EMAIL ADMIN_USER ADMIN_PASSWORD SECRET_KEY JWT_SECRET SIGNING_KEY SESSION_SECRET SESSION_TIMEOUT CALLBACK_URL DEFAULT_LOCALE
  PLIVO_APP_ID PLIVO_NUMBER PLIVO_SOURCE_NUMBER TWILIO_AUTH_TOKEN TWILIO_ACCOUNT_SID KUBERNETES_SERVICE_HOST KUBERNETES_PORT MASKING_PORT
  MASKING_SERVICE_PORT MASKING_VERSION AWS_REGION AWS_ROLE_ARN AWS_SESSION_TOKEN GITHUB_TOKEN GITHUB_ACTIONS CI DEBUG VERBOSE COLORTERM
  NO_COLOR FORCE_COLOR HTTP_PROXY https_proxy no_proxy PROFILE PROVENANCE WORKER_ID WORKERS WEB_CONCURRENCY INVOCATION_ID JOURNAL_STREAM
  LISTEN_FDS CREDENTIALS_DIRECTORY STATE_DIRECTORY MEMORY_LIMIT RUST_LOG LOG RUST_LOG_LEVEL PYTHONPATH VIRTUAL_ENV _ OTEL_SERVICE_NAME`
  .trim()
  .split(/\s+/);

function meant(name: string): string | undefined {
  return misspeltNames({ [name]: 'x' })[0]?.text;
}

describe('unknown names', () => {
  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['PLIVO_AUTHTOKEN', 'PLIVO_AUTH_TOKEN'],
    ['PLIVO_AUTH_TOKEN_FIEL', 'PLIVO_AUTH_TOKEN_FILE'],
    ['PLVIO_AUTH_ID', 'PLIVO_AUTH_ID'],
    ['PUBLIC_ULR', 'PUBLIC_URL'],
    ['LOGLEVL', 'LOG_LEVEL'],
    ['DATADIR', 'DATA_DIR'],
    ['MIGRAET', 'MIGRATE'],
    ['ADTA_DIR', 'DATA_DIR'],
    ['CALLBACKS_ALLOW_PRIVATE', 'CALLBACK_ALLOW_PRIVATE'],
    ['MAX_SESSION_EXPIRE', 'MAX_SESSION_EXPIRY'],
    ['ENCRYPTON_KEY', 'ENCRYPTION_KEY'],
  ])('%s was meant as %s', (name, setting) => {
    expect(meant(name)).toBe(`unknown; did you mean ${setting}?`);
  });

  it('of an ordinary machine are left alone', () => {
    expect(misspeltNames(Object.fromEntries(ORDINARY.map((name) => [name, 'x'])))).toEqual([]);
  });

  it('are never the settings themselves', () => {
    const all = settingsTable.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
    expect(misspeltNames(Object.fromEntries(all.map((name) => [name, 'x'])))).toEqual([]);
  });
});
