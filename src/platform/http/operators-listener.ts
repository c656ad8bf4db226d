import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, NotFoundException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Config } from '../settings/config.js';
import { MOST_TO_ACCEPT } from './http-edge.js';
import { CHECK_INTERVAL_MS, HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './time-limits.js';

/** Beginnings of routes that are for operators. */
const THEIRS = ['/admin', '/console', '/metrics', '/docs', '/openapi.'];
/** Below them, but for customers: where `doc_url` of an error leads, and the files that lead an SDK here. */
const CUSTOMERS = ['/docs/errors', '/docs/sdk'];

/**
 * A listener of operators' own (OPERATORS_PORT). What is for operators is answered there alone; on the other it is not there. This one answers everything,
 * so that their pages and the command line need one address.
 */
@Injectable()
export class OperatorsListener {
  private readonly sockets = new WeakSet<Socket>();
  private main: Server | null = null;
  private server: Server | null = null;

  constructor(private readonly config: Config) {}

  /** To be called ahead of every other hook. */
  at(instance: FastifyInstance): void {
    if (this.config.http.operators === null) return;
    this.main = instance.server as Server;
    instance.addHook('onRequest', (request, _reply, done) => {
      const route = request.routeOptions.url ?? '';
      const isTheirs =
        THEIRS.some((path) => route.startsWith(path)) && !CUSTOMERS.some((path) => route.startsWith(path));
      done(isTheirs && !this.isServed(request.raw) ? new NotFoundException() : undefined);
    });
    instance.addHook('onClose', () => this.close());
  }

  /** Whether what is for operators is answered to this request. */
  isServed({ socket }: IncomingMessage): boolean {
    return this.config.http.operators === null || this.sockets.has(socket);
  }

  /** With the limits of the other one, which takes its requests as its own and has to listen by then. Rejects where the port is taken. */
  async listen(): Promise<void> {
    const { main } = this;
    const { operators } = this.config.http;
    if (main === null || operators === null) return;
    const server = createServer({
      keepAliveTimeout: main.keepAliveTimeout,
      requestTimeout: REQUEST_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    });
    server.maxConnections = main.maxConnections;
    server.on('connection', (socket) => this.sockets.add(socket));
    server.on('request', (request, response) => main.emit('request', request, response));
    server.on('clientError', (error, socket) => main.emit('clientError', error, socket));
    server.listen(operators.port, operators.host, MOST_TO_ACCEPT);
    await once(server, 'listening');
    this.server = server;
  }

  private async close(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    const closed = once(server, 'close');
    server.close();
    server.closeIdleConnections();
    await closed;
  }
}
