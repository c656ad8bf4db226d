import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { parseUrl } from '../platform/parse-url.js';
import { ConfigProblems, systemCode } from '../platform/settings/config-problems.js';
import { SettingsReader } from '../platform/settings/config-reader.js';
import { settings } from '../platform/settings/config-table.js';
import { EXIT, Failure } from './failure.js';

/** Where the service is, without slash at the end, and what opens its /admin. */
export interface Address {
  url: string;
  token: string;
  isEncrypted: boolean;
}

const TOKEN = /^[\x21-\x7e]{1,500}$/;

/**
 * `--url`, MASKING_URL, or where a service of these settings listens. `--token`, MASKING_TOKEN(_FILE), ADMIN_TOKEN(_FILE), or what the data folder keeps: the last goes to the
 * service of this folder alone, never to another machine that `--url` names.
 */
export function addressOf(env: NodeJS.ProcessEnv, given: { url?: string; token?: string }): Address {
  const reader = new SettingsReader(env);
  const own = ownUrl(reader);
  const url = readUrl([given.url, env['MASKING_URL']].find((one) => one !== undefined && one !== '') ?? own);
  const isOwn = url.origin === parseUrl(own)?.origin || isThisMachine(url.hostname);
  const token = given.token ?? clientToken(env) ?? ownToken(reader, isOwn);
  if (reader.problems.length > 0) throw new ConfigProblems(reader.problems);
  if (token === null) throw new Failure(noToken(isOwn, reader), EXIT.settings);
  if (!TOKEN.test(token)) throw new Failure('the token has characters that no token has', EXIT.settings);
  const isEncrypted = url.protocol === 'https:' || isThisMachine(url.hostname);
  return { url: url.href.replace(/\/+$/, ''), token, isEncrypted };
}

function ownToken(reader: SettingsReader, isOwn: boolean): string | null {
  return reader.text('ADMIN_TOKEN') ?? (isOwn ? keptToken(reader) : null);
}

function ownUrl(reader: SettingsReader): string {
  const own = reader.integer('OPERATORS_PORT');
  const host = (own > 0 ? reader.text('OPERATORS_HOST') : null) ?? reader.text('HOST') ?? settings.HOST.default;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${own > 0 ? own : reader.integer('PORT')}`;
}

function readUrl(text: string): URL {
  const url = parseUrl(text);
  const isUsable = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (!isUsable || url.search !== '' || url.hash !== '')
    throw new Failure('--url: expected http://HOST:PORT or https://HOST, without credentials', EXIT.wrongUse);
  return url;
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

/** For programs that are no part of the service, and so do not have its settings. */
function clientToken(env: NodeJS.ProcessEnv): string | null {
  const [direct = '', path = ''] = [env['MASKING_TOKEN'], env['MASKING_TOKEN_FILE']];
  if (direct !== '' && path !== '')
    throw new Failure('set twice: keep either MASKING_TOKEN or MASKING_TOKEN_FILE', EXIT.settings);
  if (direct !== '') return direct;
  return path === '' ? null : readToken(path, 'MASKING_TOKEN_FILE');
}

function keptToken(reader: SettingsReader): string | null {
  const path = join(reader.text('DATA_DIR') ?? settings.DATA_DIR.default, 'admin-token');
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
    throw new Failure(
      `cannot read ${path} (${systemCode(error)}): let this user read it, or give --token`,
      EXIT.settings,
    );
  }
}

function readToken(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Failure(`${name}: cannot read ${path} (${systemCode(error)})`, EXIT.settings);
  }
}

function noToken(isOwn: boolean, reader: SettingsReader): string {
  const ways = 'set MASKING_TOKEN to the token of an operator (or MASKING_TOKEN_FILE, or give --token)';
  if (!isOwn)
    return `no token for the service at --url: ${ways}; the one in the data folder is for this machine's service`;
  const folder = reader.text('DATA_DIR') ?? settings.DATA_DIR.default;
  return `no token: ADMIN_TOKEN is not set and ${join(folder, 'admin-token')} is not there. Name the data folder with --data, or ${ways}`;
}
