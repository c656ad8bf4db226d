import { getMetadataStorage } from 'class-validator';
import type { DtoClass } from './documented.js';
import type { Schema } from './schemas.js';

export interface DtoMember {
  name: string;
  schema: Schema;
  isRequired: boolean;
}

/** Under which `@ApiProperty` keeps what it is told. */
const TOLD = 'swagger/apiModelProperties';
const TYPE_OF_RULE: Record<string, string> = {
  isString: 'string',
  isInt: 'integer',
  isBoolean: 'boolean',
  isArray: 'array',
};

interface Rule {
  propertyName: string;
  type: string;
  name?: string;
  constraints?: unknown[];
  /** Said of each element of a list. */
  each?: boolean;
}

/** What a class of a body or a query takes: its rules of class-validator, and what `@ApiProperty` says beside them. No query has a null. */
export function membersOf(dto: DtoClass, place: 'body' | 'query'): DtoMember[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false) as Rule[];
  const defaults = new dto() as Record<string, unknown>;
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  return names.map((name) => {
    const own = rules.filter(({ propertyName }) => propertyName === name);
    const {
      type,
      required,
      isArray: _,
      ...told
    } = (Reflect.getMetadata(TOLD, dto.prototype as object, name) ?? {}) as {
      type?: unknown;
      required?: boolean;
      isArray?: unknown;
    };
    const derived = own.reduce<Schema>((schema, rule) => ({ ...schema, ...saidBy(rule) }), {});
    const isConditional = own.some((rule) => rule.type === 'conditionalValidation');
    const isNullable = place === 'body' && own.some((rule) => rule.name === 'isOptional') && !own.some(isLenient);
    const schema = {
      ...derived,
      ...(defaults[name] !== undefined && { default: defaults[name] }),
      ...(typeof type === 'string' && { type }),
      ...told,
    };
    return {
      name,
      schema: placed(isNullable ? withNull(schema) : schema, place, dto.isChange === true),
      isRequired: required ?? (!isConditional && defaults[name] === undefined),
    };
  });
}

function saidBy(rule: Rule): Schema {
  if (rule.each === true) return { items: keywordsOf(rule) };
  if (rule.name === 'arrayMaxSize') return { maxItems: rule.constraints?.[0] };
  return keywordsOf(rule);
}

function keywordsOf({ name = '', constraints = [] }: Rule): Schema {
  const [first, second] = constraints;
  switch (name) {
    case 'isLength':
      return { type: 'string', minLength: first, ...(second !== undefined && { maxLength: second }) };
    case 'matches':
      return { type: 'string', ...patternOf(first) };
    case 'isIn':
      return { type: 'string', enum: first };
    case 'min':
      return { minimum: first };
    case 'max':
      return { maximum: first };
    case 'phoneNumber':
      return {
        type: 'string',
        description: 'A phone number with its country code, in any spelling.',
        example: '+14155550123',
      };
    case 'instant':
      return {
        type: 'string',
        description: 'ISO 8601, a date or a date and time; UTC where no offset is given.',
        example: '2026-11-29T17:00:00Z',
      };
    default:
      return name in TYPE_OF_RULE ? { type: TYPE_OF_RULE[name] } : {};
  }
}

/** Generators of clients take a field of a body that has a default for one that has to be sent, so it is said in words; a change leaves what it does not name. */
function placed({ default: otherwise, ...schema }: Schema, place: 'body' | 'query', isChange: boolean): Schema {
  if (otherwise === undefined || (place === 'body' && isChange)) return schema;
  if (place === 'query') return { ...schema, default: otherwise };
  const said = [schema['description'], `Default: ${String(otherwise)}.`].filter((text) => text !== undefined);
  return { ...schema, description: said.join(' ') };
}

/** A JSON schema's pattern has no flags but the one for Unicode. */
function patternOf(pattern: unknown): Schema {
  return pattern instanceof RegExp && !pattern.flags.includes('i') ? { pattern: pattern.source } : {};
}

/** In the masking API's own rules null is not given, as the empty text is. */
function isLenient({ name }: Rule): boolean {
  return name === 'parameter' || name === 'timestamp';
}

function withNull(schema: Schema): Schema {
  const { type, enum: words } = schema;
  if (typeof type !== 'string') return schema;
  return { ...schema, type: [type, 'null'], ...(Array.isArray(words) && { enum: [...(words as unknown[]), null] }) };
}
