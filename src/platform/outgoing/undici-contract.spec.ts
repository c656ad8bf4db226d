import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Client, type Dispatcher } from 'undici';
import { OutgoingFailure } from './failure.js';

/*
 * connection.ts counts an answer's bytes, and feeds them to undici in pieces, by standing in for `read` of the socket that it hands over. undici has no
 * word for that: its own limits leave out what these facts are needed for. A version that reads otherwise fails here.
 */

const BODY = 'x'.repeat(5000);
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function connected(): Promise<{ socket: Socket; origin: string }> {
  const server: Server = createServer((peer) => {
    peer.on('error', () => undefined);
    peer.once('data', () => void peer.write(ANSWER));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  closers.push(
    () => server.close(),
    () => socket.destroy(),
  );
  await once(socket, 'connect');
  return { socket, origin: `http://127.0.0.1:${port}` };
}

function clientOn(socket: Socket, origin: string): Client {
  const client = new Client(origin, {
    connect: (_options, callback) => queueMicrotask(() => callback(null, socket)),
  });
  closers.push(() => void client.destroy().catch(() => undefined));
  return client;
}

/** What the given `read` makes of an exchange: the body that undici saw, or the error that it told. */
function exchange(client: Client): Promise<{ body: string } | { error: Error }> {
  return new Promise((resolve) => {
    let body = '';
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: (_controller, chunk) => void (body += chunk.toString()),
      onResponseEnd: () => resolve({ body }),
      onResponseError: (_controller, error) => resolve({ error }),
    };
    client.dispatch({ path: '/', method: 'GET' }, handler);
  });
}

describe('what we rely on of undici', () => {
  it('takes the connected socket it is given, and reads it through `read` of that very object', async () => {
    const { socket, origin } = await connected();
    const read = socket.read.bind(socket);
    let bytes = 0;
    socket.read = (size?: number): unknown => {
      const piece = read(size) as Buffer | null;
      if (size === undefined) bytes += piece?.length ?? 0;
      return piece;
    };
    expect(await exchange(clientOn(socket, origin))).toEqual({ body: BODY });
    // Not one byte by another way: neither by `data` events nor by a pipe, nor by `read` with a size.
    expect(bytes).toBe(ANSWER.length);
    expect([socket.listenerCount('data'), socket.readableFlowing]).toEqual([0, false]);
  });

  it('reads on until there is nothing more, so that an answer may be given in pieces', async () => {
    const { socket, origin } = await connected();
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    const pieces: number[] = [];
    socket.read = (size?: number): unknown => {
      if (size !== undefined || socket.readableLength === 0) return read(size);
      const piece = read(Math.min(socket.readableLength, 100));
      pieces.push(piece?.length ?? 0);
      return piece;
    };
    expect(await exchange(clientOn(socket, origin))).toEqual({ body: BODY });
    expect(pieces.length).toBeGreaterThanOrEqual(ANSWER.length / 100);
    expect(Math.max(...pieces)).toBe(100);
  });

  it('ends the exchange with the error by which the socket is destroyed while it reads', async () => {
    const { socket, origin } = await connected();
    const read = socket.read.bind(socket);
    const reason = new OutgoingFailure('protocol');
    socket.read = (size?: number): unknown => {
      if (size !== undefined || socket.readableLength === 0) return read(size);
      socket.destroy(reason);
      return null;
    };
    expect(await exchange(clientOn(socket, origin))).toEqual({ error: reason });
  });
});
