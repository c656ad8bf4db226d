import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import { parseUrl } from '../parse-url.js';
import { readDatabaseTls } from './database-tls.js';

/** The value read, or what was expected instead, in words that end a sentence beginning with the setting's name. */
export type Parsed<Value> = { value: Value } | { expected: string };

export type DatabaseSetting = { kind: 'sqlite'; file: string } | { kind: 'mysql'; url: string };

export function parseInteger(text: string, min: number, max: number): Parsed<number> {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? { value } : { expected: `expected a whole number from ${min} to ${max}` };
}

export function parseBoolean(text: string): Parsed<boolean> {
  return text === 'true' || text === 'false' ? { value: text === 'true' } : { expected: 'expected true or false' };
}

/** Of what may be counted in a day; higher ones are no cap. */
export const LARGEST_CAP = 1_000_000_000;

/** 0 for none. */
export function parseCap(text: string): Parsed<number> {
  if (text === 'off') return { value: 0 };
  const cap = parseInteger(text, 0, LARGEST_CAP);
  return 'value' in cap ? cap : { expected: `${cap.expected}, or off` };
}

/** At most so many requests within so many seconds, whichever these are. */
export interface Rate {
  readonly requests: number;
  readonly seconds: number;
}

/** Each account has a place in memory for as many instants. */
const MOST_REQUESTS = 100_000;

/** Null for none. */
export function parseRate(text: string): Parsed<Rate | null> {
  if (text === 'off') return { value: null };
  const [, requests, seconds] = /^([1-9]\d{0,5})\/([1-9]\d{0,3})s$/.exec(text)?.map(Number) ?? [];
  if (requests !== undefined && seconds !== undefined && requests <= MOST_REQUESTS && seconds <= 3600)
    return { value: Object.freeze({ requests, seconds }) };
  return {
    expected: `expected requests/seconds such as 300/5s (1 to ${MOST_REQUESTS} requests, 1 to 3600 seconds), or off`,
  };
}

/** ISO 3166 codes; `all`; or `own`, the countries of an account's numbers. */
export function parseCountries(text: string): Parsed<'own' | 'all' | readonly string[]> {
  if (text === 'own' || text === 'all') return { value: text };
  const codes = text.split(',').map((code) => code.trim());
  // Loaded for a list alone: the table costs some milliseconds of a start.
  const { isSupportedCountry } = createRequire(import.meta.url)('libphonenumber-js/min') as {
    isSupportedCountry: (code: string) => boolean;
  };
  if (codes.every((code) => /^[A-Z]{2}$/.test(code) && isSupportedCountry(code)))
    return { value: Object.freeze([...new Set(codes)].sort()) };
  return { expected: 'expected own, all, or ISO 3166 codes in capitals, separated by commas, such as US,CA' };
}

const HOST_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;

export function parseHost(text: string): Parsed<string> {
  if (isIP(text) !== 0 || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text))) return { value: text };
  return { expected: 'expected an IP address or a host name, without brackets or port' };
}

/** IP addresses and networks in CIDR notation, separated by commas; 0 bits of prefix would believe everybody. */
export function parseNetworks(text: string): Parsed<readonly string[]> {
  const value = text.split(',').map((part) => part.trim());
  const isNetwork = (part: string): boolean => {
    const [address = '', bits, ...rest] = part.split('/');
    const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : 0;
    if (most === 0 || rest.length > 0) return false;
    return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
  };
  if (value.every(isNetwork)) return { value: Object.freeze(value) };
  return { expected: 'expected IP addresses or networks such as 10.0.0.0/8, separated by commas' };
}

/** An absolute http or https URL, given back without the slash at its end. It may have a path. */
export function parseBaseUrl(text: string): Parsed<string> {
  const url = parseUrl(text);
  if (url === null || !/^https?:\/\/[^/]/i.test(text) || /[\s\\]/.test(text)) {
    return { expected: 'expected an absolute http or https URL' };
  }
  if (text.includes('?') || text.includes('#')) return { expected: 'expected a URL without query and fragment' };
  if (url.username !== '' || url.password !== '') return { expected: 'expected a URL without user and password' };
  return { value: url.origin + url.pathname.replace(/\/+$/, '') };
}

const DATABASE_FORMS = 'expected sqlite:<path>, sqlite::memory: or mysql://user:password@host:3306/database';

export function parseDatabase(text: string): Parsed<DatabaseSetting> {
  if (text.startsWith('sqlite:')) return parseSqlite(text.slice('sqlite:'.length));
  if (!/^(mysql|mariadb):\/\//.test(text)) return { expected: DATABASE_FORMS };
  const url = parseUrl(text);
  if (url === null || url.hash !== '') {
    return { expected: `${DATABASE_FORMS}; write / ? # @ : in a password as %2F %3F %23 %40 %3A` };
  }
  if (url.hostname === '' || url.username === '') return { expected: `${DATABASE_FORMS}; user or host is missing` };
  if (!/^\/[^/]+$/.test(url.pathname)) return { expected: `${DATABASE_FORMS}; the database's name is missing` };
  const tls = readDatabaseTls(url);
  return 'expected' in tls ? tls : { value: { kind: 'mysql', url: text } };
}

function parseSqlite(path: string): Parsed<DatabaseSetting> {
  const file = path.startsWith('///') ? path.slice(2) : path;
  if (file === '' || file.startsWith('//') || /[?#]/.test(file)) return { expected: DATABASE_FORMS };
  return { value: { kind: 'sqlite', file } };
}

export type StoreSetting = { kind: 'folder'; folder: string } | { kind: 's3'; bucket: string; prefix: string };

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** Characters that every S3 service stores as they are; the prefix ends without a slash. */
const PREFIX = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

export function parseStore(text: string): Parsed<StoreSetting> {
  if (!text.includes('://')) return { value: { kind: 'folder', folder: text } };
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*?)\/?$/.exec(text) ?? [];
  const isUsable = BUCKET.test(bucket) && (prefix === '' || PREFIX.test(prefix));
  return isUsable ? { value: { kind: 's3', bucket, prefix } } : { expected: 'expected a folder or s3://bucket/prefix' };
}

export function parseRegion(text: string): Parsed<string> {
  return /^[a-z0-9-]{1,64}$/.test(text) ? { value: text } : { expected: 'expected a region such as us-east-1' };
}

export function parseAuthId(text: string): Parsed<string> {
  if (/^MA[A-Z0-9]{18}$/.test(text)) return { value: text };
  const hint = text.startsWith('SA') ? '; this is a subaccount, give the main account' : '';
  return { expected: `expected 20 capital letters and digits that start with MA${hint}` };
}

/** What can stand in an HTTP header as one word. */
export function parseToken(text: string): Parsed<string> {
  return /^[\x21-\x7e]{1,512}$/.test(text) ? { value: text } : { expected: 'expected visible ASCII without spaces' };
}

const STRAIGHT_RUNS = 'abcdefghijklmnopqrstuvwxyz 0123456789abcdef 1234567890123456789012345678901234567890';

export function parseAdminToken(text: string): Parsed<string> {
  const token = parseToken(text);
  if ('expected' in token) return token;
  const advice = 'for example the output of: openssl rand -base64 30';
  if (text.length < 16) return { expected: `expected at least 16 characters, ${advice}` };
  const plain = text.toLowerCase();
  const guessable =
    new Set(plain).size < 8 || // one word or digit over and over
    /^(.+?)\1+$/.test(plain) ||
    STRAIGHT_RUNS.includes(plain) ||
    /change-?_?me|replace-?_?(me|this|with)|your-?_?(admin-?_?)?token/.test(plain);
  return guessable ? { expected: `too easy to guess; expected a random value, ${advice}` } : token;
}

export function parseKey(text: string): Parsed<Buffer> {
  const value = Buffer.from(text, 'base64');
  const isWhole = value.length === 32 && value.toString('base64').replace('=', '') === text.replace(/=$/, '');
  if (isWhole) return { value };
  return {
    expected: 'expected 32 bytes in base64 (44 characters), for example the output of: openssl rand -base64 32',
  };
}
