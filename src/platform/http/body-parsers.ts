import type { Readable } from 'node:stream';
import { BadRequestException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BodyTooLarge, InvalidJson, UnsupportedMediaType } from './http.errors.js';
import { awaited } from './slow-bodies.js';

export const BODY_LIMIT_BYTES = 64 * 1024;
const CSV_LIMIT_BYTES = 2 * 1024 * 1024;
/** Of what is read while it comes: a call log of half a million legs. */
const STREAM_LIMIT_BYTES = 100 * 1024 * 1024;
/** Of sessions of another system, which their route reads when it knows who asks: ten thousand with all they may have. */
const SESSIONS_LIMIT_BYTES = 16 * 1024 * 1024;
/** The longest webhook of Plivo's documentation has under 3 KiB. Its body is read before anybody has proved to be Plivo. */
const WEBHOOK_LIMIT_BYTES = 16 * 1024;
/** Ten thousand characters of a message, nine bytes each where they are emoji. */
const MESSAGE_LIMIT_BYTES = 128 * 1024;
/** The longest token, however it is escaped, is below it. Read before anybody has shown one. */
const LOGIN_LIMIT_BYTES = 8 * 1024;
const MAX_DEPTH = 20;
const TYPES = {
  json: /^application\/json *(?:;|$)/i,
  csv: /^text\/csv *(?:;|$)/i,
  form: /^application\/x-www-form-urlencoded *(?:;|$)/i,
};

/** A form as it came: order, repetitions and spelling are part of what was signed. */
export class FormBody {
  private read: [string, string][] | null = null;

  constructor(readonly raw: string) {}

  /** Read when first asked for: what is refused by its head is not. */
  get params(): [string, string][] {
    this.read ??= [...new URLSearchParams(this.raw)];
    return this.read;
  }
}

/**
 * JSON everywhere, forms under /plivo, CSV where numbers are imported and call logs compared; everything else is 415, a body without a type too: a browser sends one
 * across sites without asking first. Under /plivo what is no form is no body: the signature guard refuses it, and nothing is said before the guard
 * has spoken. Type and announced length are looked at before a byte of the body is.
 */
export function registerBodyParsers(instance: FastifyInstance): void {
  const parseStrictly = instance.getDefaultJsonParser('error', 'error');

  instance.removeAllContentTypeParsers();
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    done(carriesBody(request) && !hasParserOfItsOwn(request) ? refusalOfHead(request) : null, payload);
  });
  instance.addContentTypeParser('application/json', async (request: FastifyRequest, payload: Readable) => {
    if (isOfSessions(request)) return new StreamedBody(awaited(request.raw, payload), limitOf(request));
    const text = (await readBody(payload, limitOf(request))).toString('utf8');
    return text.trim() === '' ? {} : parseObject(text, (done) => parseStrictly(request, text, done));
  });
  instance.addContentTypeParser(
    'application/x-www-form-urlencoded',
    async (request: FastifyRequest, payload: Readable) =>
      new FormBody((await readBody(payload, limitOf(request))).toString('utf8')),
  );
  instance.addContentTypeParser('text/csv', async (request: FastifyRequest, payload: Readable) => {
    if (isStreamed(request)) return new StreamedBody(awaited(request.raw, payload), limitOf(request));
    return (await readBody(payload, limitOf(request))).toString('utf8').replace(/^\uFEFF/, '');
  });
  // Only an empty body comes this far without one of the three types, and a webhook that is no form.
  instance.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
}

/** A body that its route reads as it comes; it ends where it becomes too large. */
export class StreamedBody implements AsyncIterable<Uint8Array> {
  constructor(
    private readonly payload: Readable,
    private readonly limitBytes: number,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let length = 0;
    try {
      // Not destroyed when its reader stops: the answer still goes out on that connection.
      for await (const chunk of this.payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > this.limitBytes) throw new BodyTooLarge(this.limitBytes);
        yield chunk;
      }
    } catch (error) {
      // The client went away in the middle of its body.
      throw (error as { code?: string }).code === 'ECONNRESET' ? new BadRequestException() : error;
    }
  }
}

/** Whether bytes follow the head of a request whose method may have a body. */
export function carriesBody({ method, headers }: FastifyRequest): boolean {
  if (!/^(?:POST|PUT|PATCH)$/.test(method)) return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refusalOfHead(request: FastifyRequest): Error | null {
  const type = request.headers['content-type'] ?? '';
  if (isPlivo(request)) {
    // The guard refuses what is not read here.
    return TYPES.form.test(type) ? lengthRefusal(request) : null;
  }
  const [wanted, name] =
    isStreamed(request) || isImport(request) ? [TYPES.csv, 'text/csv'] : [TYPES.json, 'application/json'];
  if (!wanted.test(type)) return new UnsupportedMediaType(name);
  return lengthRefusal(request);
}

function lengthRefusal(request: FastifyRequest): Error | null {
  const limit = limitOf(request);
  return Number(request.headers['content-length'] ?? 0) > limit ? new BodyTooLarge(limit) : null;
}

function limitOf(request: FastifyRequest): number {
  if (isPlivo(request))
    return request.routeOptions.url?.endsWith('/message') ? MESSAGE_LIMIT_BYTES : WEBHOOK_LIMIT_BYTES;
  if (isStreamed(request)) return STREAM_LIMIT_BYTES;
  if (isOfSessions(request)) return SESSIONS_LIMIT_BYTES;
  if (request.routeOptions.url === '/admin/login') return LOGIN_LIMIT_BYTES;
  return isImport(request) && TYPES.csv.test(request.headers['content-type'] ?? '')
    ? CSV_LIMIT_BYTES
    : BODY_LIMIT_BYTES;
}

function isPlivo(request: FastifyRequest): boolean {
  return request.url.startsWith('/plivo/');
}

function isImport(request: FastifyRequest): boolean {
  return request.routeOptions.url === '/admin/numbers/import';
}

function isOfSessions(request: FastifyRequest): boolean {
  return request.routeOptions.url === '/admin/accounts/:auth_id/import';
}

function isStreamed(request: FastifyRequest): boolean {
  return request.routeOptions.url === '/admin/invoices/compare';
}

/** The simulator's inbox stands for a customer's server, which takes what comes. */
function hasParserOfItsOwn(request: FastifyRequest): boolean {
  return request.routeOptions.url?.startsWith('/simulator/inbox') ?? false;
}

/** `parse` refuses prototype keys and leaves out a byte order mark; it calls back before it returns. */
function parseObject(text: string, parse: (done: (error: Error | null, value?: unknown) => void) => unknown): object {
  let parsed: unknown;
  parse((error, value) => {
    parsed = error ? undefined : value;
  });
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new InvalidJson();
  // Depth is only possible where there are that many brackets: most bodies are not walked.
  if (text.split(/[[{]/, MAX_DEPTH + 2).length > MAX_DEPTH + 1 && isDeeper(parsed, MAX_DEPTH)) throw new InvalidJson();
  return parsed;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((part) => isDeeper(part, levels - 1));
}

function readBody(payload: Readable, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (settle: () => void): void => {
      payload.off('data', onData).off('end', onEnd).off('error', onError);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limitBytes) chunks.push(chunk);
      else finish(() => reject(new BodyTooLarge(limitBytes)));
    };
    const onEnd = (): void => finish(() => resolve(Buffer.concat(chunks, length)));
    // The client went away in the middle of its body.
    const onError = (): void => finish(() => reject(new BadRequestException()));
    payload.on('data', onData).on('end', onEnd).on('error', onError);
  });
}
