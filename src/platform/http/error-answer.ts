import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { DomainError, type RefusalDetails, type RefusalKind } from '../errors.js';
import { isDatabaseOutage } from '../database/outage.js';
import { isDiskFull } from '../database/transaction.js';
import { isMaskingApi } from './request-url.js';

/** What an error looks like from outside. Never holds request values, SQL or stacks. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  /** Neither a refusal nor an outage: worth a developer's look. */
  isBug: boolean;
}

export interface Asked {
  /** URL as the router saw it. */
  url: string;
  method: string;
  requestId: string;
  /** Methods that the path exists with. */
  allowed: string[];
}

interface Refusal {
  status: number;
  code: string;
  sentence: string;
  details?: RefusalDetails;
  isBug?: true;
}

export const STATUS_OF_KIND: Record<RefusalKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'wrong-type': 415,
  unprocessable: 422,
  'too-many': 429,
  unavailable: 503,
};

/** Refusals of the framework; its own sentences repeat what was sent. */
const FRAMEWORK_REFUSALS: Record<number, { code: string; sentence: string }> = {
  400: { code: 'bad_request', sentence: 'malformed request' },
  404: { code: 'not_found', sentence: 'not found' },
  408: { code: 'request_timeout', sentence: 'request took too long to arrive' },
  413: { code: 'body_too_large', sentence: 'request body too large' },
  414: { code: 'uri_too_long', sentence: 'URL too long' },
  431: { code: 'headers_too_large', sentence: 'request headers too large' },
};

const NO_ROOM = 'the disk of the database is full: nothing of this request was stored; try again when there is room';

export function describeError(error: unknown, asked: Asked): ErrorAnswer {
  const refusal = classify(error, asked);
  const headers: Record<string, string> = {};
  if (refusal.status === 401)
    headers['www-authenticate'] = isMaskingApi(asked.url) ? 'Basic realm="masking"' : 'Bearer';
  if (refusal.status === 405) headers['allow'] = asked.allowed.join(', ');
  const wait = refusal.details?.retryAfterSeconds ?? (refusal.status === 503 ? 1 : undefined);
  if (wait !== undefined) headers['retry-after'] = String(wait);

  return {
    status: refusal.status,
    headers,
    body: isMaskingApi(asked.url) ? maskingBody(refusal, asked.requestId) : problemBody(refusal, asked.requestId),
    isBug: refusal.isBug ?? false,
  };
}

/** Statuses before an address is known: malformed HTTP, headers that are too large, requests that never end. */
export function describeStatus(status: number, asked: Asked): ErrorAnswer {
  return describeError(new HttpException('', status), asked);
}

export function contentTypeOf(answer: ErrorAnswer): string {
  return `application/${'api_id' in answer.body ? 'json' : 'problem+json'}; charset=utf-8`;
}

function classify(error: unknown, asked: Asked): Refusal {
  if (error instanceof DomainError) {
    const { code, kind, message, details } = error;
    return { status: STATUS_OF_KIND[kind], code, sentence: message, details };
  }
  const status = statusOf(error);
  if (status === 404 && asked.allowed.length > 0 && !asked.allowed.includes(asked.method))
    return { status: 405, code: 'method_not_allowed', sentence: 'method not allowed' };
  if (status !== null && status >= 400 && status < 500)
    return {
      status,
      ...(FRAMEWORK_REFUSALS[status] ?? { code: 'refused', sentence: STATUS_CODES[status] ?? 'refused' }),
    };
  if (isDiskFull(error)) return { status: 503, code: 'storage_full', sentence: NO_ROOM };
  if (isDatabaseOutage(error)) return { status: 503, code: 'unavailable', sentence: 'Service unavailable' };
  return { status: 500, code: 'internal_error', sentence: 'Internal server error', isBug: true };
}

function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus();
  const { name, statusCode } = (error ?? {}) as { name?: unknown; statusCode?: unknown };
  return name === 'FastifyError' && typeof statusCode === 'number' ? statusCode : null;
}

function maskingBody({ code, sentence, details }: Refusal, requestId: string): Record<string, unknown> {
  return {
    api_id: requestId,
    error: sentence,
    error_code: code,
    ...paramOf(details),
    ...details?.extra,
    doc_url: docUrlOf(code),
  };
}

/** Where a code is explained, below PUBLIC_URL: `docs/errors.md` as a page. */
export function docUrlOf(code: string): string {
  return `/docs/errors#${code}`;
}

function problemBody({ status, code, sentence, details }: Refusal, requestId: string): Record<string, unknown> {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    type: 'about:blank',
    title,
    status,
    code,
    detail: sentence,
    request_id: requestId,
    ...paramOf(details),
    ...details?.extra,
  };
}

function paramOf(details: RefusalDetails | undefined): { param?: string } {
  return details?.param === undefined ? {} : { param: details.param };
}
