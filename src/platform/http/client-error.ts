import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../logging/logger.js';
import { contentTypeOf, describeStatus } from './error-answer.js';
import { protectiveHeaders } from './protective-headers.js';

const STATUS_OF_CODE: Record<string, number> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};
/** How long a client may go on sending before the connection is cut; cutting at once would lose the answer on its way. */
const LINGER_MS = 1_000;

/** Answers what is no HTTP request, or too much of one; no route, filter or hook sees it. */
export function answerClientError(
  error: Error & { code?: string; rawPacket?: unknown },
  socket: Socket,
  log: Pick<Log, 'info'>,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = randomUUID();
  const asked = { url: urlIn(error.rawPacket), method: '', requestId, allowed: [] };
  const answer = describeStatus(STATUS_OF_CODE[error.code ?? ''] ?? 400, asked);
  const body = JSON.stringify(answer.body);
  log.info('http.request', { method: null, route: null, status: answer.status, ms: null, req_id: requestId });

  socket.on('error', () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
      `X-Request-Id: ${requestId}`,
      `Content-Type: ${contentTypeOf(answer)}`,
      ...Object.entries(protectiveHeaders(asked.url)).map(([name, value]) => `${name}: ${value}`),
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** The URL tells the shape of the answer; it is there when the request line came in the packet that broke. */
function urlIn(packet: unknown): string {
  if (!Buffer.isBuffer(packet)) return '';
  return /^[A-Z]+ (\S+)/.exec(packet.subarray(0, 200).toString('latin1'))?.[1] ?? '';
}
