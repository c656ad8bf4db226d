import { BASE } from '../design/facts.ts';

export interface Account {
  auth_id: string;
  auth_token: string;
  /** Typed by its owner: the token is shown nowhere. */
  isOwn?: true;
}

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the address of the service, such as `/v1/Account/…`. */
  path: string;
  body?: unknown;
}

/** The same request as one line for a POSIX shell. Credentials go along where the masking API asks for them; a token that somebody typed as a variable. */
export function curlLine({ method, path, body }: Request, account: Account | null): string {
  const words = ['curl'];
  if (method !== 'GET' && !(method === 'POST' && body !== undefined)) words.push('-X', method);
  if (path.startsWith('/v1/')) words.push('-u', userOf(account));
  if (body !== undefined)
    words.push('-H', quoted('content-type: application/json'), '-d', quoted(JSON.stringify(body)));
  // An account that is not known stands there as a variable of the shell.
  const place = path.includes('$') ? `"${BASE}${path}"` : quoted(BASE + path);
  return [...words, place].join(' ');
}

function userOf(account: Account | null): string {
  if (account === null) return '"$PLIVO_AUTH_ID:$PLIVO_AUTH_TOKEN"';
  return account.isOwn ? `"${account.auth_id}:$PLIVO_AUTH_TOKEN"` : quoted(`${account.auth_id}:${account.auth_token}`);
}

function quoted(text: string): string {
  return /^[\w.:/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
