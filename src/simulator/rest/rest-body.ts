import { parseUrl } from '../../platform/parse-url.js';
import type { WebhookMethod } from '../webhooks/signature.js';
import { missing, RestRefusal } from './rest-errors.js';

const MOST_URLS = 10;

/** Reads the JSON body of a REST call the way Plivo does: by name, numbers welcome where text is meant. */
export class RestBody {
  private readonly values: Record<string, unknown>;

  constructor(body: unknown) {
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    if (body !== undefined && body !== null && !isObject) throw new RestRefusal(400, 'the body must be a JSON object');
    this.values = isObject ? (body as Record<string, unknown>) : {};
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  optional(name: string): string | null {
    const value = this.values[name];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    throw new RestRefusal(400, `${name} parameter is invalid`);
  }

  required(name: string): string {
    const value = this.optional(name);
    if (value === null) throw missing(name);
    return value;
  }

  url(name: string): string | null {
    const value = this.optional(name);
    if (value !== null && parseUrl(value) === null) throw new RestRefusal(400, `${name} parameter is not a valid URL`);
    return value;
  }

  urls(name: string): string[] {
    const value = this.values[name] ?? [];
    const isList = Array.isArray(value) && value.length <= MOST_URLS;
    const urls = isList ? value.filter((one): one is string => typeof one === 'string' && parseUrl(one) !== null) : [];
    if (!isList || urls.length < value.length) throw new RestRefusal(400, `${name} parameter is invalid`);
    return urls;
  }

  requiredUrl(name: string): string {
    const value = this.url(name);
    if (value === null) throw missing(name);
    return value;
  }

  method(name: string): WebhookMethod {
    const value = (this.optional(name) ?? 'POST').toUpperCase();
    if (value !== 'GET' && value !== 'POST') throw new RestRefusal(400, `${name} parameter must be GET or POST`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.values[name] ?? false;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw new RestRefusal(400, `${name} parameter must be true or false`);
  }

  seconds(name: string, otherwise: number): number {
    const value = this.optional(name);
    if (value === null) return otherwise;
    if (!/^[1-9]\d{0,5}$/.test(value)) throw new RestRefusal(400, `${name} parameter must be a positive number`);
    return Number(value);
  }
}
