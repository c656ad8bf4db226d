import { commonRefusals, familyOf, isIdempotent, refusalResponse, asCommon, type Taken } from './common-answers.js';
import { membersOf } from './dto-schema.js';
import type { Documentation, DocumentedAnswer, DtoClass } from './documented.js';
import type { DescribedRoute } from './read-routes.js';
import { exampleOf, modelOf, object, refTo, type Schema } from './schemas.js';
import { aboutTag, HEADERS, PARAMETERS, pathParameter, SECURITY_SCHEMES, tagOf } from './vocabulary.js';

export interface DocumentHead {
  title: string;
  description: string;
  version: string;
  publicUrl: string;
}

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Schema>>;
  webhooks?: Record<string, Schema>;
  components: { schemas: Record<string, Schema> } & Record<string, Record<string, unknown>>;
  [member: string]: unknown;
}

/** The OpenAPI document of these routes. `webhooks` is what is sent to customers. */
export function buildDocument(
  head: DocumentHead,
  routes: readonly DescribedRoute[],
  webhooks: Record<string, Schema> = {},
): OpenApiDocument {
  const bodies = new Map<string, Schema>();
  const responses = new Map<string, Schema>();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route, bodies, responses);

  const { title, description, version, publicUrl } = head;
  const schemas = reached([paths, webhooks, ...responses.values()], bodies);
  const text = JSON.stringify([paths, webhooks, ...responses.values()]);
  const used = <Part>(parts: Record<string, Part>, isUsed: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(parts).filter(([name]) => isUsed(name)));
  return {
    openapi: '3.1.0',
    info: {
      title,
      description,
      version,
      license: { name: 'All rights reserved', identifier: 'LicenseRef-UNLICENSED' },
    },
    servers: [{ url: publicUrl }],
    tags: [...new Set(routes.flatMap(tagsOf))].sort().map((name) => ({ name, description: aboutTag(name) })),
    paths,
    ...(Object.keys(webhooks).length > 0 && { webhooks }),
    components: {
      schemas,
      responses: Object.fromEntries([...responses].sort(([a], [b]) => a.localeCompare(b))),
      parameters: used(PARAMETERS, (name) => text.includes(`/parameters/${name}"`)),
      headers: used(HEADERS, (name) => text.includes(`/headers/${name}"`)),
      securitySchemes: used(SECURITY_SCHEMES, (name) => text.includes(`"${name}":[]`)),
    },
  };
}

/** What nobody has described is there all the same, for a spec to find. */
const UNDESCRIBED: Partial<Documentation> = {};

function operation(route: DescribedRoute, bodies: Map<string, Schema>, responses: Map<string, Schema>): Schema {
  const { documentation = UNDESCRIBED, extensions } = route;
  const query = queryParameters(documentation.query ?? route.queryClass);
  const body = requestBody(route, bodies);
  const resolve = (name: string) => bodies.get(name) ?? modelOf(name);
  const answers = Object.entries(documentation.answers ?? { 200: ['Done.'] as const });
  return {
    tags: tagsOf(route),
    summary: documentation.summary,
    description: documentation.description,
    operationId: documentation.operationId || unnamed(route),
    security: documentation.security ?? familyOf(route.path).security,
    parameters: [
      ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name)),
      ...query,
      ...commonParameters(route),
    ],
    ...(body && { requestBody: body }),
    responses: {
      ...Object.fromEntries(
        answers.map(([status, answer]) => [status, success(answer, isIdempotent(route), resolve)] as const),
      ),
      ...refused(route, { takesInput: query.length > 0 || body !== null, namesOwner: namesOwner(route) }, responses),
    },
    ...extensions,
  };
}

function commonParameters(route: DescribedRoute): Schema[] {
  return [
    ...(route.path.startsWith('/admin/')
      ? ['Reveal', 'RevealReason'].map((name) => ({ $ref: `#/components/parameters/${name}` }))
      : []),
    ...(isIdempotent(route) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ];
}

function success(
  [description, schema = null, content = {}]: DocumentedAnswer,
  isReplayable: boolean,
  resolve: (name: string) => Schema | undefined,
): Schema {
  const json = schema === null ? {} : { 'application/json': schema };
  const media = Object.entries({ ...json, ...content }).map(
    ([type, each]) => [type, { schema: each, example: exampleOf(each, resolve) }] as const,
  );
  return {
    description,
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(isReplayable && { 'Idempotency-Replayed': { $ref: '#/components/headers/IdempotencyReplayed' } }),
    },
    ...(media.length > 0 && { content: Object.fromEntries(media) }),
  };
}

/** What many routes refuse alike is said once; the name of such a response holds its codes. */
function refused(route: DescribedRoute, takes: Taken, responses: Map<string, Schema>): Record<string, Schema> {
  const common = commonRefusals(route, takes);
  const own = (route.documentation?.refusals ?? []).map(asCommon);
  const { errors } = familyOf(route.path);
  const statuses = [...new Set([...common, ...own].map(({ status }) => status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const response = refusalResponse(status, [...own, ...common], errors);
      if (own.some((refusal) => refusal.status === status)) return [status, response];
      const codes = new Set(common.filter((refusal) => refusal.status === status).map(({ code }) => code));
      const name = [`${errors}${status}`, ...codes].join('.');
      responses.set(name, response);
      return [status, { $ref: `#/components/responses/${name}` }];
    }),
  );
}

/** Of what account or session something is asked. */
function namesOwner({ documentation, queryClass, bodyClass }: DescribedRoute): boolean {
  const classes = [documentation?.query ?? queryClass, documentation?.body ?? bodyClass];
  return classes.some(
    (one, place) =>
      typeof one === 'function' &&
      membersOf(one, place === 0 ? 'query' : 'body').some(({ name }) => name === 'account' || name === 'session'),
  );
}

function queryParameters(query: DtoClass | Readonly<Record<string, Schema>> | undefined): Schema[] {
  if (query === undefined) return [];
  const members =
    typeof query === 'function'
      ? membersOf(query, 'query')
      : Object.entries(query).map(([name, schema]) => ({ name, schema, isRequired: false }));
  return members.map(({ name, schema: { description, example, ...schema }, isRequired }) => ({
    name,
    in: 'query',
    required: isRequired,
    ...(description !== undefined && { description }),
    schema,
    // Elements of a list stand in one parameter, joined by commas.
    ...(schema['type'] === 'array' && { explode: false }),
    ...(example !== undefined && { example }),
  }));
}

function requestBody(route: DescribedRoute, bodies: Map<string, Schema>): Schema | null {
  const body = route.documentation?.body ?? route.bodyClass;
  if (body === undefined || route.method === 'get') return null;
  const isRequired = route.documentation?.isBodyOptional !== true;
  if (typeof body !== 'function') {
    const content = Object.entries(body).map(([type, schema]) => [
      type,
      { schema, example: exampleOf(schema, modelOf) },
    ]);
    return { required: isRequired, content: Object.fromEntries(content) };
  }
  const members = membersOf(body, 'body');
  const schema = {
    ...object(Object.fromEntries(members.map((member) => [member.name, member.schema]))),
    required: members.filter((member) => member.isRequired).map(({ name }) => name),
    ...(body.anyOf && { anyOf: body.anyOf }),
  };
  bodies.set(body.name, schema);
  const shown = members.filter((member) => member.isRequired || 'example' in member.schema);
  const example = Object.fromEntries(shown.map((member) => [member.name, exampleOf(member.schema, modelOf)]));
  return {
    required: isRequired && schema.required.length > 0,
    content: { 'application/json': { schema: refTo(body.name), example } },
  };
}

/** Every schema that is referred to, with those that they refer to. */
function reached(from: readonly unknown[], bodies: ReadonlyMap<string, Schema>): Record<string, Schema> {
  const found = new Map<string, Schema>();
  const look = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const schema = found.has(name) ? undefined : (bodies.get(name) ?? modelOf(name));
      if (schema === undefined) continue;
      found.set(name, schema);
      look(JSON.stringify(schema));
    }
  };
  look(JSON.stringify(from));
  return Object.fromEntries([...found].sort(([a], [b]) => a.localeCompare(b)));
}

function tagsOf({ tags, path }: DescribedRoute): string[] {
  return tags.length > 0 ? tags : [tagOf(path)];
}

function unnamed({ method, path }: DescribedRoute): string {
  return `${method}${path.replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase())}`;
}
