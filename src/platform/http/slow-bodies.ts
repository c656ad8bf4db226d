import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';

/** What a large body may take to come; every other request has the time limit of the server. */
const LONGEST_MS = 600_000;

const awaitedOn = new WeakSet<Socket>();

/** Lets a body take longer than the server gives a request, because it is large; for ten minutes, when its connection is cut. */
export function awaited(request: IncomingMessage, payload: Readable): Readable {
  const { socket } = request;
  awaitedOn.add(socket);
  const timer = setTimeout(() => socket.destroy(), LONGEST_MS).unref();
  const end = (): void => {
    clearTimeout(timer);
    awaitedOn.delete(socket);
  };
  request.once('end', end).once('close', end);
  return payload;
}

/** Whether the server's time limit for a request is not for what comes here now. Node asks once a request. */
export function isAwaited(socket: Socket): boolean {
  return awaitedOn.has(socket);
}
