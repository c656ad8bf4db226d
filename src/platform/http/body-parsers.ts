import type { Readable } from 'node:stream';
import { BadRequestException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BodyTooLarge, InvalidJson } from './http.errors.js';

export const BODY_LIMIT_BYTES = 64 * 1024;
const CSV_LIMIT_BYTES = 2 * 1024 * 1024;
const MAX_DEPTH = 20;
/**
 * A connection that is closed while the client still writes loses the answer on its way (the kernel resets it), so this much of a body that
 * is too large is read and thrown away before the refusal.
 */
const DISCARD_LIMIT_BYTES = 16 * 1024 * 1024;

/** A form as it came: order, repetitions and spelling are part of what was signed. */
export class FormBody {
  readonly params: [string, string][];

  constructor(readonly raw: string) {
    this.params = [...new URLSearchParams(raw)];
  }
}

/**
 * JSON everywhere, forms under /plivo, CSV where numbers are imported; everything else is 415. Under /plivo what is no form is no body: the
 * signature guard refuses it, and nothing is said before the guard has spoken.
 */
export function registerBodyParsers(instance: FastifyInstance): void {
  const parseStrictly = instance.getDefaultJsonParser('error', 'error');

  const json = async (request: FastifyRequest, payload: Readable): Promise<unknown> => {
    const text = (await readBody(payload, BODY_LIMIT_BYTES)).toString('utf8');
    if (request.is404 || text.trim() === '' || isPlivo(request)) return {};
    return parseObject(text, (done) => parseStrictly(request, text, done));
  };

  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', json);
  instance.addContentTypeParser(
    'application/x-www-form-urlencoded',
    async (request: FastifyRequest, payload: Readable) => {
      const raw = (await readBody(payload, BODY_LIMIT_BYTES)).toString('utf8');
      return isPlivo(request) ? new FormBody(raw) : refusedType(request);
    },
  );
  instance.addContentTypeParser('text/csv', async (request: FastifyRequest, payload: Readable) => {
    const isImport = request.routeOptions.url?.endsWith('/import') ?? false;
    const text = (await readBody(payload, isImport ? CSV_LIMIT_BYTES : BODY_LIMIT_BYTES)).toString('utf8');
    return isImport ? text.replace(/^\uFEFF/, '') : refusedType(request);
  });
  instance.addContentTypeParser('*', async (request: FastifyRequest, payload: Readable) => {
    if (request.headers['content-type'] === undefined) return json(request, payload);
    await readBody(payload, BODY_LIMIT_BYTES);
    return refusedType(request);
  });
}

function isPlivo(request: FastifyRequest): boolean {
  return request.url.startsWith('/plivo/');
}

/** A path that does not exist is 404 whatever was sent to it. */
function refusedType(request: FastifyRequest): undefined {
  if (!request.is404 && !isPlivo(request)) throw new UnsupportedMediaTypeException();
  return undefined;
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
      else if (length > DISCARD_LIMIT_BYTES) finish(() => reject(new BodyTooLarge(limitBytes)));
    };
    const onEnd = (): void =>
      finish(() =>
        length > limitBytes ? reject(new BodyTooLarge(limitBytes)) : resolve(Buffer.concat(chunks, length)),
      );
    // The client went away in the middle of its body.
    const onError = (): void => finish(() => reject(new BadRequestException()));
    payload.on('data', onData).on('end', onEnd).on('error', onError);
  });
}
