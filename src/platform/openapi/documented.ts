import 'reflect-metadata';
import type { RefusalClass } from '../errors.js';
import type { Schema } from './schemas.js';

const DOCUMENTED = 'openapi.documented';

/** What an answer says; without a schema it has no body. A media type other than JSON stands third. */
export type DocumentedAnswer =
  | readonly [description: string]
  | readonly [description: string, schema: Schema]
  | readonly [description: string, schema: Schema | null, content: Readonly<Record<string, Schema>>];

export interface Documentation {
  /** One line. */
  summary: string;
  /** Name of the function in generated clients; unique. */
  operationId: string;
  description?: string;
  /** Answers of success by status. */
  answers: Readonly<Record<number, DocumentedAnswer>>;
  /** What it refuses beside what the whole family of its path refuses. */
  refusals?: readonly RefusalClass[];
  /** Where the handler takes the query as it comes: a class of it, or schemas by name. */
  query?: DtoClass | Readonly<Record<string, Schema>>;
  /** Where the handler takes the body as it comes: a class of it, or what it is by media type. */
  body?: DtoClass | Readonly<Record<string, Schema>>;
  /** Of a request that works with an empty body. */
  isBodyOptional?: true;
  /** Of a POST that changes nothing, or nothing but the login of the browser that asks: an Idempotency-Key means nothing to it. */
  isRead?: true;
  /** Ways in; those of its family where left out. */
  security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** A class-validator class. `anyOf` says what its rules cannot: which fields want each other; `isChange` that what is left out stays as it is. */
export type DtoClass = (new () => object) & { readonly anyOf?: readonly Schema[]; readonly isChange?: true };

/** What the OpenAPI document says of a route, beside it. What many routes have in common is not said here: `common-answers.ts` adds it. */
export function Documented(documentation: Documentation): MethodDecorator {
  return (_prototype, _name, descriptor) => {
    Reflect.defineMetadata(DOCUMENTED, documentation, descriptor.value as object);
  };
}

export function documentationOf(handler: object): Documentation | undefined {
  return Reflect.getMetadata(DOCUMENTED, handler) as Documentation | undefined;
}
