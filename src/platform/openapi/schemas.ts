/** A JSON schema in the dialect of OpenAPI 3.1. */
export interface Schema {
  readonly [keyword: string]: unknown;
}

const OPTIONAL = Symbol('optional');

/** Of a member that may be absent. */
export interface OptionalSchema extends Schema {
  readonly [OPTIONAL]: true;
}

/** One schema for each member of what is shown: the compiler knows when one is missing, or is shown no more. */
export type Members<Shown> = {
  readonly [Name in keyof Shown]-?: Pick<Shown, Name> extends Required<Pick<Shown, Name>> ? Schema : OptionalSchema;
};

/** Made when the document is: a start needs none of them. */
const models = new Map<string, () => Schema>();

/** The schema of an answer, under a name of its own in the document. Stands beside the function that makes the answer. */
export function shape<Shown extends object>(name: string, members: () => Members<Shown>): Schema {
  return named(name, () => object(members()));
}

/** A schema under a name of its own, of whatever it is. */
export function named(name: string, make: () => Schema): Schema {
  if (models.has(name)) throw new Error(`two schemas have the name ${name} in the OpenAPI document`);
  models.set(name, make);
  return refTo(name);
}

export function refTo(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** What a reference leads to; undefined for a name that no answer has. */
export function modelOf(name: string): Schema | undefined {
  return models.get(name)?.();
}

export function optional(schema: Schema): OptionalSchema {
  return { ...schema, [OPTIONAL]: true };
}

export function object(members: Readonly<Record<string, Schema>>, description?: string): Schema {
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    properties: members,
    required: Object.keys(members).filter((name) => !(OPTIONAL in (members[name] ?? {}))),
  };
}

/** What another service, or the client itself, chose the members of. */
export function anyObject(description: string, example: object = {}): Schema {
  return { type: 'object', description, additionalProperties: true, example };
}

export function listOf(items: Schema, description?: string): Schema {
  return { type: 'array', ...(description !== undefined && { description }), items };
}

/** A page of /admin. `more` are members beside the two that every list has. */
export function pageSchema<Shown extends object = object>(
  name: string,
  item: Schema,
  more: () => Members<Shown> = () => ({}) as Members<Shown>,
): Schema {
  return shape<{ items: unknown[]; next_cursor: string | null }>(name, () => ({
    items: listOf(item),
    next_cursor: orNull(text('`cursor` of the next page; null on the last one.', 'MTc2NDQ')),
    ...more(),
  }));
}

/** Where a page stands in a list of `/v1`. */
export const LIST_META = shape('ListMeta', () => ({
  limit: count('Objects of a page.', 20),
  offset: count('Objects before the page.'),
  total_count: count('Objects of the whole list.', 1),
  next: orNull(text('Path of the next page.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Call/?limit=20&offset=20')),
  previous: orNull(text('Path of the page before.', '/v1/Account/MAXXXXXXXXXXXXXXXXXX/Call/?limit=20&offset=0')),
}));

/** What every list of `/v1` takes. */
export const LIST_PARAMETERS: Readonly<Record<string, Schema>> = {
  limit: { type: 'integer', default: 20, description: 'Objects of a page; moved into 1 to 20.' },
  offset: { type: 'integer', minimum: 0, maximum: 100_000, default: 0, description: 'Objects before the page.' },
};

/** There where a parameter was sent that nobody knows. */
export const warnings = () =>
  optional(
    listOf(
      text(
        'A sentence.',
        'sesion_expiry is no parameter of this request and was ignored: did you mean session_expiry?',
      ),
      'Parameters that were ignored because nobody knows them; absent where there is none.',
    ),
  );

/** A page of a list of Plivo's resources. */
export function resourcePage(name: string, item: Schema): Schema {
  return shape<{ api_id: string; warnings?: string[]; meta: object; objects: object[] }>(name, () => ({
    api_id: apiId(),
    warnings: warnings(),
    meta: LIST_META,
    objects: listOf(item),
  }));
}

export function orNull(schema: Schema): Schema {
  if (!('type' in schema)) return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(schema['enum']) && { enum: [...(schema['enum'] as unknown[]), null] }),
  };
}

export function text(description: string, example: string): Schema {
  return { type: 'string', description, example };
}

export function word(description: string, words: readonly string[]): Schema {
  return { type: 'string', description, enum: [...words], example: words[0] };
}

export function uuid(description: string): Schema {
  return { type: 'string', format: 'uuid', description, example: '0198f6a2-2f0d-4c1e-8a57-5a4c3b2d1e0f' };
}

export function apiId(): Schema {
  return uuid('Id of the request, as in X-Request-Id.');
}

export function authId(description: string): Schema {
  return text(description, 'MAXXXXXXXXXXXXXXXXXX');
}

/** ISO 8601, UTC. */
export function instant(description: string): Schema {
  return { type: 'string', format: 'date-time', description, example: '2026-11-29T17:00:00.000Z' };
}

/** Decimal text, exact to the last digit. */
export function money(description: string): Schema {
  return { type: 'string', pattern: String.raw`^-?\d+(\.\d+)?$`, description, example: '0.0085' };
}

/** A party's number in an answer of /admin. */
export function partyNumber(description: string): Schema {
  return text(`${description} Masked unless \`reveal=true\`.`, '+1415•••0123');
}

/** A number of the pool in an answer of /admin. */
export function poolNumber(description: string): Schema {
  return text(description, '+14155550100');
}

export function count(description: string, example = 0): Schema {
  return { type: 'integer', minimum: 0, description, example };
}

export function integer(description: string, example: number): Schema {
  return { type: 'integer', description, example };
}

export function decimal(description: string, example = 0): Schema {
  return { type: 'number', description, example };
}

export function flag(description: string, example = false): Schema {
  return { type: 'boolean', description, example };
}

/** An answer made of its parts' examples; references are followed. */
export function exampleOf(schema: Schema, resolve: (name: string) => Schema | undefined): unknown {
  const { $ref, example, anyOf, properties, items } = schema as {
    $ref?: string;
    example?: unknown;
    anyOf?: Schema[];
    properties?: Record<string, Schema>;
    items?: Schema;
  };
  if (example !== undefined) return example;
  const target = $ref === undefined ? anyOf?.[0] : resolve($ref.split('/').at(-1) ?? '');
  if (target !== undefined) return exampleOf(target, resolve);
  if (properties !== undefined)
    return Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, exampleOf(each, resolve)]));
  return items === undefined ? plainExampleOf(schema) : [exampleOf(items, resolve)];
}

function plainExampleOf(schema: Schema): unknown {
  const { type, enum: words, const: only, default: otherwise, minimum } = schema;
  if (Array.isArray(words)) return words[0] as unknown;
  const [plain] = [type].flat();
  const byType: Record<string, unknown> = {
    string: 'text',
    integer: minimum ?? 1,
    number: 0,
    boolean: false,
    object: {},
  };
  return only ?? otherwise ?? byType[String(plain)] ?? null;
}
