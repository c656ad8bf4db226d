import { ControlRefusal } from './control-errors.js';

const LONGEST_LIST = 1000;

/** Reads one JSON object field by field; names every problem, tolerates no unknown field. */
export class Fields {
  private readonly values: Record<string, unknown>;

  constructor(
    body: unknown,
    private readonly known: readonly string[],
    private readonly prefix = '',
  ) {
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    if (!isObject && body !== undefined && body !== null) throw invalid('expected a JSON object');
    this.values = isObject ? (body as Record<string, unknown>) : {};
    const unknown = Object.keys(this.values).find((name) => !known.includes(name));
    if (unknown !== undefined) throw invalid(`unknown field ${prefix}${unknown}; known: ${known.join(', ')}`);
  }

  raw(name: string): unknown {
    if (!this.known.includes(name)) throw new Error(`field ${name} is read but not declared`);
    return this.values[name] ?? null;
  }

  text(name: string, accepts: (text: string) => boolean = () => true): string | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (typeof value !== 'string' || value.length > 200 || !accepts(value)) throw this.wrong(name, 'a valid text');
    return value;
  }

  requiredText(name: string): string {
    const value = this.text(name);
    if (value === null) throw this.wrong(name, 'a text');
    return value;
  }

  texts(name: string, accepts: (text: string) => boolean): string[] | null {
    const value = this.raw(name);
    if (value === null) return null;
    const isList = Array.isArray(value) && value.length <= LONGEST_LIST;
    const texts = isList ? value.filter((item): item is string => typeof item === 'string' && accepts(item)) : [];
    if (!isList || texts.length < value.length) throw this.wrong(name, 'a list of valid texts');
    return texts;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | null {
    const value = this.raw(name);
    if (value === null) return null;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.wrong(name, `one of ${choices.join(', ')}`);
    return found;
  }

  number(name: string, least: number, most: number): number | null {
    const value = this.raw(name);
    if (value === null) return null;
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw this.wrong(name, `a number from ${least} to ${most}`);
    }
    return value;
  }

  flag(name: string): boolean | null {
    const value = this.raw(name);
    if (value === null || typeof value === 'boolean') return value;
    throw this.wrong(name, 'true or false');
  }

  wrong(name: string, expected: string): ControlRefusal {
    return invalid(`${this.prefix}${name}: expected ${expected}`);
  }
}

/** `?timeout=5`: seconds of real time that a request may wait. */
export function readWait(timeout: string | undefined): number {
  if (timeout === undefined) return 5000;
  const seconds = Number(timeout);
  if (timeout === '' || !(seconds >= 0 && seconds <= 60)) throw invalid('timeout: expected seconds from 0 to 60');
  return seconds * 1000;
}

function invalid(detail: string): ControlRefusal {
  return new ControlRefusal(400, 'invalid_request', detail);
}
