import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

export interface RawServer {
  port: number;
  /** Connections accepted until now. */
  connections: number;
  /** Connections that are open. */
  open: Set<Socket>;
  /** The heads of the requests that came, in order, and what came of their bodies with them. */
  requests: string[];
  close(): Promise<void>;
}

export interface RawServerOptions {
  /** `::` takes what comes for any address of this machine. */
  host?: string;
  tls?: TlsOptions;
}

/** A receiver that answers with bytes of the test's choice, whatever HTTP says. `answer` is called for each request that has come. */
export async function startRawServer(
  answer: (socket: Socket, request: string) => void,
  { host = '127.0.0.1', tls }: RawServerOptions = {},
): Promise<RawServer> {
  const open = new Set<Socket>();
  const accept = (socket: Socket): void => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const end = requestEnd(text);
      if (end === null) return;
      const request = text.slice(0, end);
      text = text.slice(end);
      server.requests.push(request);
      answer(socket, request);
    });
  };
  const listener: Server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  listener.on('connection', (socket: Socket) => {
    server.connections += 1;
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  listener.on('tlsClientError', () => undefined);
  listener.listen(0, host);
  await once(listener, 'listening');
  const server: RawServer = {
    port: (listener.address() as AddressInfo).port,
    connections: 0,
    open,
    requests: [],
    async close() {
      for (const socket of open) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
  return server;
}

function requestEnd(text: string): number | null {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return null;
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0);
  const end = head + 4 + length;
  return text.length < end ? null : end;
}
