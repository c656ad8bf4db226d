import { readFileSync } from 'node:fs';
import { systemCode } from './config-problems.js';

/** How the connections to MySQL or MariaDB are encrypted; in mysql2's words. */
interface DatabaseTls {
  /** PEM of the authorities that are believed; Node's own list where left out. */
  ca?: string;
  /** PEM of the certificate that we show, and its key. */
  cert?: string;
  key?: string;
  rejectUnauthorized: boolean;
  /** Whether the certificate has to be that of the host; one that is named by an address is not compared. */
  verifyIdentity: boolean;
}

const FILES = { ssl_ca: 'ca', ssl_cert: 'cert', ssl_key: 'key' } as const;
const NAMES = ['ssl', ...Object.keys(FILES)];
const FORM = 'expected ?ssl=true, with &ssl_ca=FILE, or &ssl_cert=FILE&ssl_key=FILE, or ?ssl=unverified';

/** What the query of a database's URL says: null for no TLS. Files are read here, so that one that is missing stops the start. */
export function readDatabaseTls(url: URL): { value: DatabaseTls | null } | { expected: string } {
  const given = [...url.searchParams];
  const unknown = given.find(([name]) => !NAMES.includes(name));
  if (unknown !== undefined) return { expected: `${FORM}; nothing else may stand behind the question mark` };
  if (new Set(given.map(([name]) => name)).size < given.length) return { expected: `${FORM}, each once` };
  const { ssl, ...paths } = Object.fromEntries(given) as Partial<Record<'ssl' | keyof typeof FILES, string>>;
  if (ssl === undefined) return given.length === 0 ? { value: null } : { expected: `${FORM}; ssl is missing` };
  if (ssl !== 'true' && ssl !== 'unverified') return { expected: FORM };
  if (ssl === 'unverified' && paths.ssl_ca !== undefined)
    return { expected: 'expected ssl=true with ssl_ca: with ssl=unverified no authority is asked' };
  if ((paths.ssl_cert === undefined) !== (paths.ssl_key === undefined))
    return { expected: 'expected ssl_cert and ssl_key together' };

  const isVerified = ssl === 'true';
  const tls: DatabaseTls = { rejectUnauthorized: isVerified, verifyIdentity: isVerified };
  for (const [name, path] of Object.entries(paths) as [keyof typeof FILES, string][]) {
    try {
      tls[FILES[name]] = readFileSync(path, 'utf8');
    } catch (error) {
      return { expected: `expected a file that can be read in ${name}, got one that cannot (${systemCode(error)})` };
    }
  }
  return { value: tls };
}

/** Of a URL that was read once before, and every problem with it told. */
export function tlsOf(url: string): { ssl?: DatabaseTls } {
  const tls = readDatabaseTls(new URL(url));
  return 'value' in tls && tls.value !== null ? { ssl: tls.value } : {};
}
