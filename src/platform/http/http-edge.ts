import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { NotFoundException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyHttpOptions, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUuid } from '../ids.js';
import type { Log } from '../logging/logger.js';
import type { Config } from '../settings/config.js';
import { rememberRoutes } from './allowed-methods.js';
import { BODY_LIMIT_BYTES, carriesBody, registerBodyParsers } from './body-parsers.js';
import { answerClientError } from './client-error.js';
import { answerError } from './error-filter.js';
import { Closing } from './http.errors.js';
import { markReplay } from './idempotency-answers.js';
import { protectiveHeaders } from './protective-headers.js';
import { lenientUrl } from './request-url.js';
import { isAwaited } from './slow-bodies.js';
import { CHECK_INTERVAL_MS, HEADERS_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from './time-limits.js';
import { closeWithoutReset, isRefused } from './unread-body.js';
import { context, fail, incoming } from '../tracing/spans.js';

/** Longer than the idle time of the usual load balancers (60 s), so that they never reuse a connection we are closing. */
const KEEP_ALIVE_MS = 65_000;
/** How often it is looked whether the last answers are out. */
const LOOK_MS = 20;
const MAX_PARAM_LENGTH = 200;
/** For who listens on this machine only. */
const EVERYBODY = { maxConnections: Infinity, trustedProxies: [] };
/**
 * Connections that may wait to be accepted, as far as the kernel allows (`net.core.somaxconn`, 4096 where nobody has changed it). Node's 511 are fewer than come in a rush
 * while the process is busy for a moment; whoever finds no place is asked to try again by TCP after one second and three, which is longer than a caller waits.
 */
export const MOST_TO_ACCEPT = 4096;
export const PROBES = new Set(['/livez', '/readyz', '/metrics']);

/** The adapter for `NestFactory.create(AppModule, createHttpAdapter(log), { bodyParser: false })`; `ErrorFilter` must be global. */
export function createHttpAdapter(
  log: Log,
  { maxConnections, trustedProxies }: Pick<Config['http'], 'maxConnections' | 'trustedProxies'> = EVERYBODY,
): FastifyAdapter {
  const options: FastifyHttpOptions<Server> = {
    genReqId: requestIdOf,
    rewriteUrl: (request) => lenientUrl(request.url ?? '/'),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: CHECK_INTERVAL_MS },
    // Answered by a hook of ours instead, in the path's own shape and with its request id.
    return503OnClosing: false,
    clientErrorHandler: (error, socket) => {
      if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT' || !isAwaited(socket)) answerClientError(error, socket, log);
    },
    frameworkErrors: (error, request, reply) => {
      answerError(error, request, reply, log);
      logRequest(log, request, reply);
    },
  };
  const adapter = new FastifyAdapter(options);
  const instance = adapter.getInstance<FastifyInstance>();
  instance.server.maxConnections = maxConnections;
  rememberRoutes(instance);
  registerBodyParsers(instance);
  registerHooks(instance, log);
  // What the official client libraries send along with these methods is no body to anybody.
  for (const method of ['DELETE', 'OPTIONS'])
    instance.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  return adapter;
}

function registerHooks(instance: FastifyInstance, log: Log): void {
  let isClosing = false;
  instance.addHook('preClose', async () => {
    isClosing = true;
    await answered(instance.server);
  });
  instance.decorateRequest('replayed', null);
  traceRequests(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    // What a client goes on sending behind a body that was refused unread is no request.
    if (isRefused(request.raw.socket)) {
      reply.hijack();
      return;
    }
    reply.headers({ ...protectiveHeaders(request.url), 'x-request-id': request.id });
    if (isClosing) reply.header('connection', 'close');
    if (isClosing) done(new Closing());
    else done(request.is404 && carriesBody(request) ? new NotFoundException() : undefined);
  });
  instance.addHook('preValidation', (request, _reply, done) => {
    request.body ??= {};
    done(hasBlankAtEnd(request.params) ? new NotFoundException() : undefined);
  });
  instance.addHook('onSend', (request, reply, payload, done) => {
    markReplay(request, reply);
    if (carriesBody(request) && !request.raw.complete) {
      reply.header('connection', 'close');
      closeWithoutReset(request.raw);
    }
    done(null, payload);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    logRequest(log, request, reply);
    done();
  });
}

/** One step for each request but the probes', and what is done for it inside. Headers and body are read before: what reads them has lost who asked. */
function traceRequests(instance: FastifyInstance): void {
  const traced = new WeakMap<FastifyRequest, NonNullable<ReturnType<typeof incoming>>>();
  instance.addHook('onRequest', (request, _reply, done) => {
    const step = PROBES.has(request.routeOptions.url ?? '') ? null : incoming(request.method, request.headers);
    if (step !== null) traced.set(request, step);
    done();
  });
  instance.addHook('preValidation', (request, _reply, done) => {
    const step = traced.get(request);
    if (step === undefined) done();
    else context.with(step.within, done);
  });
  instance.addHook('onResponse', (request, reply, done) => {
    const { span } = traced.get(request) ?? {};
    if (span !== undefined) {
      const route = request.routeOptions.url ?? '';
      span.updateName(`${request.method} ${route}`.trimEnd());
      span.setAttributes({
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': reply.statusCode,
        'request.id': request.id,
      });
      if (reply.statusCode >= 500) fail(span, String(reply.statusCode));
      span.end();
    }
    done();
  });
}

/** Where the listener is gone already (`stopAccepting`), nobody else waits for the requests that are still being answered. */
async function answered(server: Server): Promise<void> {
  if (server.listening) return;
  const count = promisify(server.getConnections.bind(server));
  for (;;) {
    server.closeIdleConnections();
    if ((await count()) === 0) return;
    await delay(LOOK_MS);
  }
}

/** A client's own id is kept when it is a UUID: it becomes `api_id`, which has that form. */
function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' ? given.toLowerCase() : '';
  return isUuid(id) ? id : randomUUID();
}

/** The route's pattern, never the URL: URLs hold phone numbers. */
function logRequest(log: Log, request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? null;
  const fields = {
    method: request.method,
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
    req_id: request.id,
  };
  if (route !== null && PROBES.has(route)) log.debug('http.request', fields);
  else log.info('http.request', fields);
}

/** A number of the pool is read in any spelling. All else is compared as it stands, and MySQL takes no notice of blanks at an end: `MA… ` would be `MA…`, in the audit too. */
function hasBlankAtEnd(params: unknown): boolean {
  return Object.entries((params ?? {}) as Record<string, string>).some(
    ([name, value]) => name !== 'number' && value.endsWith(' '),
  );
}
