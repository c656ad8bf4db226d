import type { Schema } from './schemas.js';

const UUID = { type: 'string', format: 'uuid' };

/** What a parameter in a path is, by its name; others are text. */
const IN_PATHS: Record<string, { description: string; schema: Schema; example: string }> = {
  authId: {
    description: 'Auth ID of the account, or of one of its subaccounts.',
    schema: { type: 'string', maxLength: 20 },
    example: 'MAXXXXXXXXXXXXXXXXXX',
  },
  auth_id: {
    description: 'Auth ID of an account.',
    schema: { type: 'string', maxLength: 20 },
    example: 'MAXXXXXXXXXXXXXXXXXX',
  },
  uuid: { description: 'Of the session or call.', schema: UUID, example: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f' },
  number: {
    description: 'With its country code, with or without plus.',
    schema: { type: 'string', maxLength: 40 },
    example: '+14155550100',
  },
};

export function pathParameter(name: string): Schema {
  const known = IN_PATHS[name] ?? { description: 'As lists show it.', schema: { type: 'string', maxLength: 200 } };
  return { name, in: 'path', required: true, ...known };
}

export const PARAMETERS = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'Makes the request repeatable for 7 days: the same key with the same request gets the first answer again, with another request 422, while the first one runs 409.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: String.raw`^[\x20-\x7e]+$` },
    example: 'order-1234',
  },
  RevealReason: {
    name: 'reason',
    in: 'query',
    description: 'With reveal=true: why, as the audit will say it.',
    schema: { type: 'string', minLength: 1, maxLength: 200 },
    example: 'The driver says that nobody answers',
  },
  Reveal: {
    name: 'reveal',
    in: 'query',
    description:
      'true: numbers of parties are shown whole, to support and admin, and the audit says who saw them. Otherwise as +1415•••0123.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
};

export const HEADERS = {
  RequestId: {
    description: 'Id of the request: that of the client where it sent a UUID. Equal to `api_id` and `request_id`.',
    schema: UUID,
  },
  RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } },
  IdempotencyReplayed: {
    description: 'There when this is the answer of an earlier request with the same Idempotency-Key.',
    schema: { type: 'string', enum: ['true'] },
  },
};

export const SECURITY_SCHEMES = {
  basic: { type: 'http', scheme: 'basic', description: 'Auth ID and Auth Token of the account or of a subaccount.' },
  bearer: { type: 'http', scheme: 'bearer', description: 'The token of an operator, or ADMIN_TOKEN.' },
  console: {
    type: 'apiKey',
    in: 'cookie',
    name: 'masking-console',
    description:
      'A login at the console, from POST /admin/login; __Host-masking-console where PUBLIC_URL is https. What is not a GET needs the header X-Requested-By.',
  },
  plivoSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Plivo-Signature-V3',
    description: "Made by Plivo with the account's Auth Token over URL, parameters and X-Plivo-Signature-V3-Nonce.",
  },
};

/** Under which heading a route stands whose controller has none. */
export function tagOf(path: string): string {
  const [family = '', resource = ''] = path.split('/').filter((part) => part !== '');
  if (family === 'admin') return `Admin: ${resource}`;
  if (family === 'plivo' || family === 'ring-tones') return 'Plivo';
  if (family === 'simulator') return resource === 'control' ? 'Simulator: control' : 'Simulator: Plivo';
  return 'Service';
}

const TAGS: Record<string, string> = {
  'Masking sessions': "The masking API: Plivo's paths, envelopes and words.",
  Account: "The account, in the shape of Plivo's resource.",
  Calls: "Legs of masked calls, in the shape of Plivo's call records.",
  Numbers: 'The pool, in the shape in which Plivo shows an account its numbers.',
  Recordings: 'Recordings of masked calls and their sound.',
  Plivo: 'What Plivo calls and fetches; nobody else needs it.',
  Service: 'For machines that watch this one.',
  'Simulator: control': 'What people do at their phones, and how the simulated world behaves.',
  'Simulator: Plivo': "Plivo's REST API as far as this service uses it.",
};

export function aboutTag(name: string): string {
  const [, resource] = /^Admin: (.+)$/.exec(name) ?? [];
  return TAGS[name] ?? `For operators: ${resource ?? name}.`;
}
