import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { dialFailure, OutgoingFailure } from './failure.js';
import { isPublicAddress } from './public-address.js';
import type { ResolveName } from './resolve-name.js';
import { bareHost } from './url-refusal.js';

export interface DialRules {
  allowPrivate: boolean;
  resolve: ResolveName;
  /** Further certificate authorities, PEM; the built-in ones when absent. */
  ca?: string | undefined;
}

export interface DialLimits {
  connectMs: number;
  /** Ends the attempt; its reason is the failure. */
  signal: AbortSignal;
}

/** Before the next of several addresses is tried; Node's 250 ms would give up on receivers on the other side of the world. */
const NEXT_ADDRESS_MS = 1000;

/**
 * Opens connections. A name is resolved once for each; if any of its addresses is not public, none is dialled, and what is dialled is
 * the address that was checked: a name that answers differently the next time gains nothing. TLS sessions are not resumed, because a
 * resumed session skips the check of the certificate's name.
 */
export class Dialler {
  private readonly sockets = new Set<Socket>();
  private readonly lookup: LookupFunction;

  constructor(private readonly rules: DialRules) {
    this.lookup = (name, options, callback) => {
      this.checkedAddresses(name).then(
        (addresses) => {
          const [first] = addresses;
          if (options.all === true || first === undefined) callback(null, addresses);
          else callback(null, first.address, first.family);
        },
        (error: unknown) => callback(error as NodeJS.ErrnoException, []),
      );
    };
  }

  /** A connected socket, encrypted where the URL says https. Rejects with an `OutgoingFailure`. */
  async dial(url: URL, { connectMs, signal }: DialLimits): Promise<Socket> {
    const host = bareHost(url.hostname);
    // Node does not look literals up.
    if (isIP(host) !== 0) this.check(host);
    const socket = this.open(url, host, connectMs);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    try {
      await connected(socket, url.protocol === 'https:' ? 'secureConnect' : 'connect', { connectMs, signal });
      this.check(socket.remoteAddress ?? '');
      return socket;
    } catch (error) {
      socket.destroy();
      throw dialFailure(error);
    }
  }

  /** Cuts every connection, also those in the making. */
  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private open(url: URL, host: string, connectMs: number): Socket {
    const isTls = url.protocol === 'https:';
    const options = {
      host,
      port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
      lookup: this.lookup,
      noDelay: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: Math.max(10, Math.min(NEXT_ADDRESS_MS, Math.floor(connectMs / 2))),
    };
    if (!isTls) return connectTcp(options);
    const { ca } = this.rules;
    return connectTls({
      ...options,
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
      ALPNProtocols: ['http/1.1'],
      // Said, because an environment variable of Node turns the default off.
      rejectUnauthorized: true,
    });
  }

  private async checkedAddresses(name: string): ReturnType<ResolveName> {
    const addresses = await this.rules.resolve(name).catch(() => []);
    if (addresses.length === 0) throw new OutgoingFailure('dns');
    for (const { address } of addresses) this.check(address);
    return addresses;
  }

  private check(address: string): void {
    if (!this.rules.allowPrivate && !isPublicAddress(address)) throw new OutgoingFailure('refused-address');
  }
}

function connected(socket: Socket, event: string, { connectMs, signal }: DialLimits): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: unknown): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (error === null) resolve();
      else reject(error);
    };
    const onAbort = (): void => settle(signal.reason);
    const timer = setTimeout(() => settle(new OutgoingFailure('connect-timeout')), connectMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once(event, () => settle(null));
    // Stays for the life of the socket: an error that nobody hears would end the process.
    socket.on('error', settle);
    socket.once('close', () => settle(new OutgoingFailure('reset')));
    if (signal.aborted) onAbort();
  });
}
