import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A connection that is closed while the client still writes is reset by the kernel, and the answer on its way is lost. So our side is closed
 * after the answer, and for this long what still comes is thrown away.
 */
const LINGER_MS = 1_000;

const refused = new WeakSet<Socket>();

/** To be called before the answer to a request whose body was not read to its end, which says `connection: close`. Nothing of the rest is kept. */
export function closeWithoutReset(request: IncomingMessage): void {
  const { socket } = request;
  if (refused.has(socket)) return;
  refused.add(socket);
  // What Node's server calls when the last answer of a connection has been written.
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    request.once('end', () => socket.destroy());
    socket.once('close', () => clearTimeout(timer));
    request.resume();
  };
}

export function isRefused(socket: Socket): boolean {
  return refused.has(socket);
}
