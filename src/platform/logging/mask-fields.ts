import { isNativeError } from 'node:util/types';
import { HIDDEN, maskText } from './mask-text.js';

const HIDDEN_NAME = /token|secret|pin|password|authorization|recording_?url|key$/i;
/** Fields whose large numbers are no phone numbers. */
const MEASURE_NAME =
  /(?:^|_)(?:time|at|pid|port|ms|seconds|bytes|size|count|total|micros)$|[a-z](?:Time|At|Ms|Seconds|Bytes|Size|Count|Total|Micros)$/;

const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
/** About how many characters a line may have: a text costs its length, anything that has members costs `MEMBERS_COST`. */
const MAX_LINE = 65_536;
const MEMBERS_COST = 200;

interface Name {
  shown: string;
  isHidden: boolean;
  isMeasure: boolean;
}

/** Few names recur on every line, so what they mean is remembered; a name that had to be masked is not. */
const knownNames = new Map<string, Name>();

function named(key: string): Name {
  const known = knownNames.get(key);
  if (known !== undefined) return known;
  const name = { shown: maskText(key), isHidden: HIDDEN_NAME.test(key), isMeasure: MEASURE_NAME.test(key) };
  if (name.shown === key && knownNames.size < 1000) knownNames.set(key, name);
  return name;
}

/** The masked copy of one line's fields. */
export function maskFields(fields: object): Record<string, unknown> {
  return new Mask().members(fields, 0);
}

/** Makes the masked copy of one line's fields. Bounded in depth, breadth and in all, whatever is thrown at it; cycles end there too. */
class Mask {
  private left = MAX_LINE;

  members(value: object, depth: number): Record<string, unknown> {
    const masked: Record<string, unknown> = {};
    for (const key of Object.keys(value).slice(0, MAX_ITEMS)) {
      const member: unknown = Reflect.get(value, key);
      if (member === undefined || typeof member === 'function') continue;
      const name = named(key);
      masked[name.shown] = this.value(name, member, depth + 1);
    }
    return masked;
  }

  private value(name: Name, value: unknown, depth: number): unknown {
    if (value === null || typeof value === 'boolean') return value;
    if (name.isHidden) return HIDDEN;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number' || typeof value === 'bigint') return maskNumber(name, value);
    if (typeof value !== 'object') return `[${typeof value}]`;
    this.left -= MEMBERS_COST;
    if (depth > MAX_DEPTH || this.left < 0) return '[more]';
    return this.composite(name, value, depth);
  }

  private text(value: string): string {
    if (this.left < 0) return '[more]';
    const masked = maskText(value);
    this.left -= masked.length;
    return masked;
  }

  private composite(name: Name, value: object, depth: number): unknown {
    if (isNativeError(value) || value instanceof Error) return this.error(value, depth);
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (value instanceof Date || value instanceof URL) return maskText(String(value.toJSON()));
    if (value instanceof Map || value instanceof Set) return this.list(name, [...value], depth);
    if (Array.isArray(value)) return this.list(name, value, depth);
    return this.members(value, depth);
  }

  private list(name: Name, items: readonly unknown[], depth: number): unknown[] {
    return items.slice(0, MAX_ITEMS).map((item) => this.value(name, item, depth + 1));
  }

  /** Only what every error has: database errors carry the statement's parameters in further members. */
  private error(
    error: Error & { code?: unknown; errno?: unknown; errors?: unknown },
    depth: number,
  ): Record<string, unknown> {
    const { name, message, code, errno, stack, cause, errors } = error;
    return this.members({ type: name, message, code, errno, stack, cause, errors }, depth);
  }
}

function maskNumber(name: Name, value: number | bigint): unknown {
  const isLarge = value >= 1_000_000 || value <= -1_000_000;
  if (isLarge && !name.isMeasure) return maskText(String(value));
  return typeof value === 'bigint' ? String(value) : value;
}
