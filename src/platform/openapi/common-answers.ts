import { STATUS_CODES } from 'node:http';
import { STATUS_OF_KIND } from '../http/error-answer.js';
import {
  BodyTooLarge,
  Closing,
  IdempotencyKeyReused,
  InvalidIdempotencyKey,
  InvalidJson,
  StillRunning,
  UnsupportedMediaType,
} from '../http/http.errors.js';
import { InvalidParameter, InvalidRequest, NotFound, Unavailable, type RefusalClass } from '../errors.js';
import { apiId, count, integer, listOf, optional, orNull, refTo, shape, text, uuid, type Schema } from './schemas.js';

/** Routes whose paths begin alike have the same way in, the same form of errors and the same refusals. */
export interface Family {
  beginning: string;
  security: readonly Readonly<Record<string, readonly string[]>>[];
  errors: 'masking' | 'problem' | 'plivo' | 'text';
  /** Which of them a route can always meet. */
  refusals: readonly CommonRefusal[];
}

/** What is refused before a handler is reached has no class that a module of above could name: code, status and sentence. */
export interface CommonRefusal {
  status: number;
  code: string;
  sentence: string;
}

const unauthenticated = (sentence: string): CommonRefusal => ({ status: 401, code: 'unauthenticated', sentence });
const RATE_LIMITED = {
  status: 429,
  code: 'rate_limited',
  sentence: 'too many requests: expected at most 300 in 5 s, try again in 2 s',
};
const ROLE_NEEDED = {
  status: 403,
  code: 'role_needed',
  sentence: 'this route is for the role admin; this token has the role viewer',
};
const LOGIN_OVER = {
  status: 401,
  code: 'login_over',
  sentence: 'this login at the console is over: log in again',
};
const OTHER_SITE = {
  status: 403,
  code: 'other_site',
  sentence: "expected a request of the console's own page",
};
const UNSUPPORTED = {
  ...asCommon(UnsupportedMediaType),
  sentence: 'unsupported media type: send application/json',
};
const INTERNAL = { status: 500, code: 'internal_error', sentence: 'Internal server error' };
const OF_ALL = [INTERNAL, ...[Unavailable, Closing].map(asCommon)];

const FAMILIES: readonly Family[] = [
  {
    beginning: '/v1/',
    security: [{ basic: [] }],
    errors: 'masking',
    refusals: [
      unauthenticated('authentication credentials were not provided'),
      asCommon(NotFound),
      RATE_LIMITED,
      ...OF_ALL,
    ],
  },
  {
    beginning: '/admin/',
    security: [{ bearer: [] }, { console: [] }],
    errors: 'problem',
    refusals: [
      asCommon(InvalidRequest),
      unauthenticated('expected the token of an operator, or the admin token, as bearer token'),
      LOGIN_OVER,
      ROLE_NEEDED,
      OTHER_SITE,
      ...OF_ALL,
    ],
  },
  {
    beginning: '/plivo/',
    security: [{ plivoSignature: [] }],
    errors: 'problem',
    refusals: [
      { status: 400, code: 'unreadable_webhook', sentence: 'expected the parameters of a hang-up' },
      { status: 403, code: 'webhook_refused', sentence: 'the webhook was refused' },
      asCommon(NotFound),
      ...OF_ALL,
    ],
  },
  {
    beginning: '/simulator/control/',
    security: [],
    errors: 'problem',
    refusals: [
      asCommon(InvalidRequest),
      { status: 403, code: 'forbidden', sentence: 'expected a request of this machine' },
      asCommon(NotFound),
      { status: 408, code: 'timeout', sentence: 'the phone did not ring' },
      { status: 409, code: 'not_ringing', sentence: 'the phone is not ringing' },
      INTERNAL,
    ],
  },
  { beginning: '/simulator/inbox', security: [], errors: 'text', refusals: [] },
  {
    beginning: '/simulator/',
    security: [{ basic: [] }],
    errors: 'plivo',
    refusals: [asCommon(InvalidRequest), unauthenticated('not authorised'), asCommon(NotFound), RATE_LIMITED, INTERNAL],
  },
];
const NO_FAMILY: Family = { beginning: '/', security: [], errors: 'problem', refusals: [INTERNAL] };

export function familyOf(path: string): Family {
  return FAMILIES.find(({ beginning }) => path.startsWith(beginning)) ?? NO_FAMILY;
}

interface Asked {
  method: string;
  path: string;
  documentation?: { isRead?: true } | undefined;
}

export function isIdempotent({ method, path, documentation }: Asked): boolean {
  return method === 'post' && /^\/(?:v1|admin)\//.test(path) && documentation?.isRead !== true;
}

export interface Taken {
  /** A query or a body. */
  takesInput: boolean;
  /** Of an account or a session in either, which may not be there. */
  namesOwner: boolean;
}

/** All that a route can refuse, beside what it says itself. */
export function commonRefusals(route: Asked, { takesInput, namesOwner }: Taken): CommonRefusal[] {
  const { refusals, beginning } = familyOf(route.path);
  const namesSomething = namesOwner || route.path.includes('{');
  const isOurs = beginning === '/v1/' || beginning === '/admin/';
  const hasBody = isOurs && /^(?:post|put|patch)$/.test(route.method);
  return [
    ...refusals,
    ...(beginning === '/v1/' && (takesInput || hasBody) ? [asCommon(InvalidParameter)] : []),
    ...(beginning === '/admin/' && namesSomething ? [asCommon(NotFound)] : []),
    ...refusalsOfBody(route, hasBody),
    ...(isIdempotent(route) ? [InvalidIdempotencyKey, StillRunning, IdempotencyKeyReused].map(asCommon) : []),
  ];
}

function refusalsOfBody({ path, method }: Asked, isOurs: boolean): CommonRefusal[] {
  if (isOurs) return [...[InvalidJson, BodyTooLarge].map(asCommon), UNSUPPORTED];
  return path.startsWith('/plivo/') && method === 'post' ? [asCommon(BodyTooLarge)] : [];
}

export function asCommon({ code, kind, sentence }: RefusalClass): CommonRefusal {
  return { status: STATUS_OF_KIND[kind], code, sentence };
}

/** In Retry-After, in seconds. */
const WAITS = new Set([429, 503]);

/** The response of one status, with the codes by which a program tells its causes apart. */
export function refusalResponse(status: number, refusals: readonly CommonRefusal[], errors: Family['errors']): Schema {
  const own = refusals.filter((refusal) => refusal.status === status);
  const codes = [...new Set(own.map(({ code }) => code))];
  const said = codes.map((code) => `\`${code}\``).join(', ');
  const waits = WAITS.has(status) || codes.includes('still_running');
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    description: errors === 'masking' || errors === 'problem' ? `${title}: ${said}.` : `${title}.`,
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(waits && { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }),
    },
    ...((errors === 'masking' || errors === 'problem') && { 'x-codes': codes }),
    ...contentOf(status, own[0] ?? INTERNAL, errors),
  };
}

function contentOf(status: number, { code, sentence }: CommonRefusal, errors: Family['errors']): Schema {
  if (errors === 'text' || (errors === 'plivo' && status === 401)) return { content: { 'text/plain': TEXT } };
  const request = '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f';
  if (errors === 'plivo')
    return {
      content: { 'application/json': { schema: refTo('PlivoError'), example: { api_id: request, error: sentence } } },
    };
  const told = sentence === '' ? 'what was expected and what came' : sentence;
  const example =
    errors === 'masking'
      ? { api_id: request, error: told, error_code: code, doc_url: `/docs/errors#${code}` }
      : { type: 'about:blank', title: STATUS_CODES[status], status, code, detail: told, request_id: request };
  const [type, name] =
    errors === 'masking' ? ['application/json', 'MaskingError'] : ['application/problem+json', 'Problem'];
  return { content: { [type]: { schema: refTo(name), example } } };
}

const TEXT = { schema: { type: 'string' }, example: 'refused' };

shape<Record<'api_id' | 'error' | 'error_code' | 'doc_url', string> & { param?: string; numbers_needed?: number }>(
  'MaskingError',
  () => ({
    api_id: apiId(),
    error: text("What was expected and what came, in Plivo's words where it has some.", 'not found'),
    error_code: text('Stable; `doc_url` says what to do about each.', 'not_found'),
    doc_url: text('Where the code is explained: a path below PUBLIC_URL.', '/docs/errors#not_found'),
    param: optional(text('The parameter or header that is wrong.', 'first_party')),
    numbers_needed: optional(count("How many numbers of the session's country and subaccount would have done.", 2)),
  }),
);

const REFUSED_SESSION = shape<{
  index: number;
  session_uuid: string | null;
  code: string;
  param: string | null;
  detail: string;
}>('RefusedSession', () => ({
  index: count('Its place among those that were sent, from 1.', 1),
  session_uuid: orNull(uuid('Null where it has none.')),
  code: text('Why; explained at /docs/errors.', 'number_busy'),
  param: orNull(text('The member that is wrong.', 'virtual_number')),
  detail: text('What was expected and what came.', 'a party has this number for another session'),
}));

shape<
  Record<'type' | 'title' | 'code' | 'detail' | 'request_id', string> & { status: number } & {
    param?: string;
    live_sessions?: number;
    refused_rows?: number;
    refused?: object[];
  }
>('Problem', () => ({
  type: text('Always `about:blank`.', 'about:blank'),
  title: text('The words of the status.', 'Not Found'),
  status: integer('As in the status line.', 404),
  code: text('Stable; explained at /docs/errors.', 'not_found'),
  detail: text('What was expected and what came.', 'not found'),
  request_id: uuid('Id of the request, as in X-Request-Id.'),
  param: optional(text('The field, parameter or header that is wrong.', 'name')),
  live_sessions: optional(count('Of `number_in_use`: how many there are.', 1)),
  refused_rows: optional(count('Of `import_refused`: how many there are.', 1)),
  refused: optional(
    listOf(
      REFUSED_SESSION,
      'Of `sessions_refused`: every session that is in the way, in the order in which they came.',
    ),
  ),
}));

shape<{ api_id: string; error: string }>('PlivoError', () => ({
  api_id: apiId(),
  error: text("In the words of Plivo's REST API.", 'not found'),
}));
