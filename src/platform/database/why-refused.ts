import type { Config } from '../settings/config.js';
import { describeDatabase } from './describe-database.js';

/** What a database says or does not say to who would use it, and what to do; no password stands in it. */
interface Refusal {
  found: string;
  remedy: string;
}

type Because = (name: string, user: string) => Refusal;

const denied: Because = (name, user) => ({
  found: `${name} refuses user ${user} or the password`,
  remedy: 'Correct user and password in DATABASE_URL; write / ? # @ : in a password as %2F %3F %23 %40 %3A.',
});

const BY_CODE: Record<string, Because> = {
  ER_ACCESS_DENIED_ERROR: denied,
  // A server with a user that has no name says it so.
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: denied,
  ER_DBACCESS_DENIED_ERROR: (name, user) => ({
    found: `${name}: user ${user} may not use this database`,
    remedy: `As the server's administrator: GRANT ALL ON the database TO ${user}, or name another one in DATABASE_URL.`,
  }),
  ER_BAD_DB_ERROR: (name) => ({
    found: `${name}: the server has no database of this name`,
    remedy: 'Create it (CREATE DATABASE name CHARACTER SET utf8mb4), or correct its name in DATABASE_URL.',
  }),
  ER_CON_COUNT_ERROR: (name) => ({
    found: `${name} has no connection left`,
    remedy: 'Raise max_connections: a process of this service opens up to 33.',
  }),
  SQLITE_NOTADB: (name) => ({
    found: `${name} is no SQLite database`,
    remedy: 'Correct DATABASE_URL, or put the file back from a backup.',
  }),
  SQLITE_CORRUPT: (name) => ({
    found: `${name} is damaged`,
    remedy: 'Stop the service, keep a copy of the file, and restore the last backup.',
  }),
  SQLITE_FULL: (name) => ({ found: `${name}: the disk is full`, remedy: 'Make room on its disk.' }),
};

/** Codes of the system where nobody answers at all. */
const NOBODY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'PROTOCOL_CONNECTION_LOST',
]);

export function whyDatabaseRefused(error: unknown, database: Config['database']): Refusal {
  const name = describeDatabase(database);
  const code = codeOf(error);
  const because = BY_CODE[code];
  if (because)
    return because(name, database.kind === 'mysql' ? decodeURIComponent(new URL(database.url).username) : '');
  if (NOBODY.has(code))
    return {
      found: `${name} cannot be reached (${code})`,
      remedy: 'Start the database server, and look at host and port in DATABASE_URL and at firewalls in between.',
    };
  if (/TLS|SSL|CERT/.test(code))
    return { found: `${name}: no TLS (${code})`, remedy: 'See "TLS to the database" in docs/scaling.md.' };
  if (database.kind === 'sqlite')
    return {
      found: `${name} cannot be opened (${code})`,
      remedy: 'Let this user read and write the file and its folder, or correct DATABASE_URL.',
    };
  return { found: `${name} does not work (${code})`, remedy: "Look into the database server's log." };
}

function codeOf(error: unknown): string {
  const { code, driverError, errors, message } = (error ?? {}) as {
    code?: unknown;
    driverError?: { code?: unknown };
    errors?: { code?: unknown }[];
    message?: unknown;
  };
  const first = code ?? driverError?.code ?? errors?.[0]?.code;
  return typeof first === 'string' ? first : String(message ?? 'unknown');
}
