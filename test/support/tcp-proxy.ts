import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between the service and its database, and can fall silent: connections stay open and nothing passes, as when a machine is stopped. */
export interface TcpProxy {
  port: number;
  silence(): void;
  /** Lets everything pass again, what was held back first. */
  restore(): void;
  /** Cuts every connection and refuses new ones. */
  cut(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let mode: 'open' | 'silent' | 'cut' = 'open';
  const pairs = new Set<[Socket, Socket]>();
  const server = createServer((inner) => {
    if (mode === 'cut') {
      inner.destroy();
      return;
    }
    const outer = connect(target.port, target.host);
    const pair: [Socket, Socket] = [inner, outer];
    pairs.add(pair);
    for (const [from, to] of [pair, [outer, inner]] as [Socket, Socket][]) {
      from.on('data', (bytes) => void to.write(bytes));
      from.on('error', () => undefined);
      from.on('close', () => {
        to.destroy();
        pairs.delete(pair);
      });
      if (mode === 'silent') from.pause();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const each = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) for (const socket of pair) act(socket);
  };
  return {
    port: (server.address() as AddressInfo).port,
    silence() {
      mode = 'silent';
      each((socket) => socket.pause());
    },
    restore() {
      mode = 'open';
      each((socket) => socket.resume());
    },
    cut() {
      mode = 'cut';
      each((socket) => socket.destroy());
    },
    async close() {
      each((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
