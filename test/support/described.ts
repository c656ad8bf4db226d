import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { describeCallbacks } from '../../src/callbacks/index.js';
import { buildDocument, type OpenApiDocument } from '../../src/platform/openapi/build-document.js';
import { readRoutes, type DescribedRoute } from '../../src/platform/openapi/read-routes.js';

interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  body: unknown;
}

interface Operation {
  responses: Record<string, Response>;
}
interface Response {
  $ref?: string;
  content?: Record<string, { schema: object }>;
  'x-codes'?: string[];
}

/** What any route may be answered before it is reached. */
const ANYWHERE = new Set([
  'bad_request',
  'method_not_allowed',
  'request_timeout',
  'uri_too_long',
  'headers_too_large',
  'other_role',
]);

/** The whole document of an application with these routes, made anew: both of its parts. */
function documentOf(routes: DescribedRoute[]): OpenApiDocument {
  const head = { title: '', description: '', version: '', publicUrl: 'http://127.0.0.1' };
  return buildDocument(head, routes, describeCallbacks());
}

/** Says what in an answer is not as the OpenAPI document has it; null where all is. Keys that the document does not name are wrong. */
export type Judge = (method: string, path: string, answer: Answered) => string | null;

const judges = new Map<string, Judge>();

/** One for all applications of this process that have the same routes: their document takes a quarter of a start. */
export function judgeOf(app: NestFastifyApplication): Judge {
  const routes = readRoutes(app);
  const key = routes.map(({ method, path }) => `${method} ${path}`).join();
  const known = judges.get(key) ?? makeJudge(documentOf(routes));
  judges.set(key, known);
  return known;
}

export function makeJudge(document: OpenApiDocument): Judge {
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
  ajv.addSchema({ $id: 'doc', components: closed(document.components) });
  const validators = new Map<string, ValidateFunction>();
  const templates = Object.keys(document.paths)
    .sort((a, b) => parametersIn(a) - parametersIn(b))
    .map((path) => ({ path, pattern: asPattern(path) }));
  const validatorOf = (key: string, schema: object): ValidateFunction => {
    const known = validators.get(key);
    if (known) return known;
    const text = JSON.stringify(closed(schema)).replaceAll('"#/components', '"doc#/components');
    const made = ajv.compile(JSON.parse(text) as object);
    validators.set(key, made);
    return made;
  };

  return (method, path, answer) => {
    const plain = (path.split('?', 1)[0] ?? '').replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
    const template = templates.find(({ pattern }) => pattern.test(plain))?.path ?? '';
    const operation = document.paths[template]?.[method.toLowerCase()] as Operation | undefined;
    // What a Plivo for development refuses, before its routes or in them, is not told one by one.
    if (operation === undefined || (template.startsWith('/simulator/') && answer.status >= 400)) return null;
    const name = `${method} ${template} ${answer.status}`;
    const type = String(answer.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
    const code = codeOf(answer.body);
    if (code !== null && ANYWHERE.has(code)) return null;

    const response = resolved(operation.responses[answer.status], document);
    if (response === undefined) return `${name}: the document has no such status; answered ${answer.text}`;
    if (!type.endsWith('json')) return null;
    const codes = response['x-codes'];
    if (codes !== undefined && (code === null || !codes.includes(code)))
      return `${name}: the document has the codes ${codes.join(', ')}; answered ${answer.text}`;
    const schema = response.content?.[type]?.schema;
    if (schema === undefined) return `${name}: the document has no ${type}; answered ${answer.text}`;
    const validate = validatorOf(`${name} ${type}`, schema);
    if (validate(answer.body)) return null;
    const problems = (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `  ${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    );
    return `${name}: not as the document says:\n${problems.slice(0, 10).join('\n')}\nanswered ${answer.text}`;
  };
}

function codeOf(body: unknown): string | null {
  const { error_code: masking, code } = (body ?? {}) as { error_code?: unknown; code?: unknown };
  const found = masking ?? code;
  return typeof found === 'string' ? found : null;
}

function resolved(response: Response | undefined, document: OpenApiDocument): Response | undefined {
  const name = response?.$ref?.split('/').at(-1);
  return name === undefined ? response : (document.components['responses']?.[name] as Response | undefined);
}

function parametersIn(path: string): number {
  return path.split('{').length;
}

function asPattern(path: string): RegExp {
  const parts = path.split(/\{\w+\}/).map((text) => text.replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('[^/]+')}$`);
}

/** Objects whose members are all named have no others. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]));
  return copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}
