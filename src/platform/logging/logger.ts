import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';
import type { LoggerService } from '@nestjs/common';
import { destination as openDestination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../settings/config.js';
import { isUuid } from '../ids.js';

export type Fields = Readonly<Record<string, unknown>>;
type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** The logger of this process. Writes to standard output unless told where to. */
export function createLogger(options: Config['log'], destination: DestinationStream = openDestination(1)): Log {
  const target = options.format === 'pretty' ? inWords(destination) : destination;
  const formatters = { level: (label: string) => ({ level: label }) };
  return new Log(
    pino({ level: options.level, base: undefined, timestamp: stdTimeFunctions.isoTime, formatters }, target),
  );
}

/**
 * One line per outcome: an event name (`noun.verb`) and its fields. Every text, key, number and error that passes is masked here, so
 * no caller has to remember it: phone numbers keep four digits, credentials and PINs none. For a request line of ten fields
 * that costs about 5 microseconds beside pino's own 3.
 */
export class Log {
  constructor(private readonly writer: Logger) {}

  debug(event: string, fields?: Fields): void {
    this.write('debug', event, fields);
  }

  info(event: string, fields?: Fields): void {
    this.write('info', event, fields);
  }

  warn(event: string, fields?: Fields): void {
    this.write('warn', event, fields);
  }

  error(event: string, fields?: Fields): void {
    this.write('error', event, fields);
  }

  fatal(event: string, fields?: Fields): void {
    this.write('fatal', event, fields);
  }

  private write(level: Level, event: string, fields: Fields = {}): void {
    if (this.writer.isLevelEnabled(level)) this.writer[level](new Mask().members(fields, 0), maskText(event));
  }
}

/** The framework tells its own start here, line by line; that is worth reading only when it fails. */
const CHATTER = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** What Nest says goes through the same logger. The last text after the message is where it comes from. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Log) {}

  log(message: unknown, ...rest: unknown[]): void {
    const isChatter = CHATTER.has(String(rest.at(-1)));
    this.logger[isChatter ? 'debug' : 'info'](words(message), about(message, rest));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(words(message), about(message, rest));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(words(message), about(message, rest));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(words(message), about(message, rest));
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.logger.error(words(message), about(message, rest));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(words(message), about(message, rest));
  }
}

function words(message: unknown): string {
  if (typeof message === 'string') return message;
  return isNativeError(message) ? message.message : inspect(message, { depth: 2 });
}

function about(message: unknown, rest: readonly unknown[]): Fields {
  const last = rest.at(-1);
  const hasContext = typeof last === 'string' && !last.includes('\n');
  const others = hasContext ? rest.slice(0, -1) : rest;
  return {
    ...(hasContext && { context: last }),
    ...(isNativeError(message) && { error: message }),
    ...(others.length > 0 && { details: others.length === 1 ? others[0] : others }),
  };
}

const HIDDEN = '[hidden]';
const HIDDEN_NAME = /token|secret|pin|password|authorization|recording_?url|key$/i;
/** Fields whose large numbers are no phone numbers. */
const MEASURE_NAME =
  /(?:^|_)(?:time|at|pid|port|ms|seconds|bytes|size|count|total|micros)$|[a-z](?:Time|At|Ms|Seconds|Bytes|Size|Count|Total|Micros)$/;

const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT = 8192;
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
  private error(error: Error & { code?: unknown; errors?: unknown }, depth: number): Record<string, unknown> {
    const { name, message, code, stack, cause, errors } = error;
    return this.members({ type: name, message, code, stack, cause, errors }, depth);
  }
}

function maskNumber(name: Name, value: number | bigint): unknown {
  const isLarge = value >= 1_000_000 || value <= -1_000_000;
  if (isLarge && !name.isMeasure) return maskText(String(value));
  return typeof value === 'bigint' ? String(value) : value;
}

const SCHEME = /basic|bearer/i;
const HIDDEN_WORD = /(?:token|secret|pin|password|authorization|recording_?url|key)[^=:]{0,24}[=:]/i;
const CREDENTIALS = /\b(Basic|Bearer) +[^\s"',;]+/gi;
const USER_INFO = /:\/\/[^\s/"']*@/g;
/** `name=value` in queries and forms, `"name":"value"` in JSON, also where that JSON stands escaped in a string. */
const NAMED_SECRET =
  /((?:token|secret|pin|password|authorization|recording_?url|key)\w{0,20}(?:\\*")?\s?[=:]\s?)(?:(\\*")[^"\\]*|[^\s"&,;\\}]+)/gi;

const UUID = String.raw`(?<![0-9a-f+])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])`;
const DATE = String.raw`(?<![\d+.(-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`[T ][0-2]\d:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?(?!\d)`;
const ADDRESS = String.raw`(?<![\d+.(-])\d{1,3}(?:\.\d{1,3}){3}(?=:\d)`;
const BETWEEN = String.raw`(?:[^\S\n]|[-+()./\u2010-\u2015\u2212]|%2[0-9a-f]){0,4}`;

/** Left as they are: UUIDs, dates with or without time, IP addresses with a port. Anything else with seven digits counts as a number. */
function digitRuns(digit: string, flags: string): RegExp {
  const kept = `(${UUID}|${DATE}(?:${TIME}|(?![-. /]?${digit}))|${ADDRESS})`;
  return new RegExp(String.raw`${kept}|(?:\+|%2B|\()?(?:%3)?${digit}(?:${BETWEEN}(?:%3)?${digit}){6,}`, flags);
}

const DIGIT_RUN = digitRuns('[0-9]', 'gi');
/** The digits of every script; three times slower, so only for text beyond ASCII. */
const ANY_DIGIT_RUN = digitRuns(String.raw`\p{Nd}`, 'giu');

function maskText(text: string): string {
  if (text.length < 5 || (text.length === 36 && isUuid(text))) return text;
  // A number cut in two would pass as two short ones, so what may belong to one goes with the cut.
  const whole = text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).replace(/[\p{Nd}\s+().%/-]{1,80}$/u, '')}…`;
  return maskDigits(maskCredentials(whole));
}

function maskCredentials(text: string): string {
  let masked = text;
  if (SCHEME.test(masked)) masked = masked.replace(CREDENTIALS, `$1 ${HIDDEN}`);
  if (masked.includes('://')) masked = masked.replace(USER_INFO, `://${HIDDEN}@`);
  if (HIDDEN_WORD.test(masked)) masked = masked.replace(NAMED_SECRET, `$1$2${HIDDEN}`);
  return masked;
}

function maskDigits(text: string): string {
  const { digits, isAscii } = surveyed(text);
  if (digits < 7) return text;
  return text.replace(isAscii ? DIGIT_RUN : ANY_DIGIT_RUN, (match: string, kept: string | undefined) => {
    if (kept !== undefined) return kept;
    const decoded = match.includes('%') ? match.replace(/%2[0-9a-f]|%3(?=[0-9])/gi, '') : match;
    const shown = decoded.replace(isAscii ? /[^0-9]+/g : /\P{Nd}+/gu, '');
    const plus = match.startsWith('+') || match.startsWith('%') ? '+' : '';
    return `${plus}${shown.slice(0, 2)}•••••${shown.slice(-2)}`;
  });
}

/** Most texts have too few digits for a number; counting them costs a tenth of the search. Beyond ASCII any character may be a digit. */
function surveyed(text: string): { digits: number; isAscii: boolean } {
  let digits = 0;
  let isAscii = true;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) isAscii = false;
    if (code > 0x7f || (code >= 0x30 && code <= 0x39)) digits += 1;
  }
  return { digits, isAscii };
}

/** Lines for people: time, level, event, fields; an error's stack below. */
function inWords(destination: DestinationStream): DestinationStream {
  return {
    write: (line) => {
      const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const stacks: string[] = [];
      const shown = Object.entries(fields).map(([name, value]) => {
        const { stack, message } = Object(value) as { stack?: string; message?: string };
        if (typeof stack === 'string') stacks.push(`\n    ${stack.replaceAll('\n', '\n    ')}`);
        return `  ${name}=${typeof stack === 'string' ? message : typeof value === 'string' ? value : JSON.stringify(value)}`;
      });
      const start = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}`;
      destination.write(`${start}${shown.join('')}${stacks.join('')}\n`);
    },
  };
}
