import { inspect } from 'node:util';
import { isNativeError } from 'node:util/types';
import type { LoggerService } from '@nestjs/common';
import type { Fields, Log } from './logger.js';

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
