/**
 * Why a request got no answer; stored and shown to operators.
 *
 * - `refused-url`: see `UrlRefusal`; nothing was resolved or dialled
 * - `dns`: the name has no address, or its servers did not say
 * - `refused-address`: one of the name's addresses is not public; nothing was dialled
 * - `connect`: refused or unreachable
 * - `connect-timeout`: no connection, or no finished TLS handshake, in `connectMs`, resolving included
 * - `tls`: no common protocol, or a certificate that is not to be trusted for this name
 * - `reset`: closed before the headers of the answer were complete; the receiver may have acted on the request
 * - `timeout`: no headers in `readMs`, or no answer before the end of `totalMs`; the receiver may have acted on the request
 * - `protocol`: what came was no HTTP/1 answer, or had too large a head
 * - `aborted`: by `signal`
 */
export type FailureReason =
  | 'refused-url'
  | 'dns'
  | 'refused-address'
  | 'connect'
  | 'connect-timeout'
  | 'tls'
  | 'reset'
  | 'timeout'
  | 'protocol'
  | 'aborted';

export class OutgoingFailure extends Error {
  constructor(readonly reason: FailureReason) {
    super(`the request failed: ${reason}`);
  }
}

const UNREACHABLE = new Set([
  'EACCES',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EINVAL',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'ENOBUFS',
  'EPERM',
  'ETIMEDOUT',
]);
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE']);

/** What an error of a connection in the making means. When several addresses failed, it has the code of the first. */
export function dialFailure(error: unknown): OutgoingFailure {
  if (error instanceof OutgoingFailure) return error;
  const code = codeOf(error);
  if (BROKEN_OFF.has(code)) return new OutgoingFailure('reset');
  return new OutgoingFailure(UNREACHABLE.has(code) ? 'connect' : 'tls');
}

/** What an error of a request under way means. Throws the error if the caller's request was no HTTP request. */
export function exchangeFailure(error: Error): OutgoingFailure {
  if (error instanceof OutgoingFailure) return error;
  const code = codeOf(error);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') throw error;
  if (code.startsWith('ERR_SSL')) return new OutgoingFailure('tls');
  return new OutgoingFailure(isNoHttp(code, error) ? 'protocol' : 'reset');
}

/** undici calls an answer that nobody asked for, 100 and 101 among them, a socket error. */
function isNoHttp(code: string, { name, message }: Error): boolean {
  if (code === 'UND_ERR_SOCKET') return message === 'bad response' || message === 'bad upgrade';
  return name === 'HTTPParserError' || /^UND_ERR_(?:HEADERS_OVERFLOW|RES_)/.test(code);
}

function codeOf(error: unknown): string {
  return `${(error as NodeJS.ErrnoException | null)?.code}`;
}
