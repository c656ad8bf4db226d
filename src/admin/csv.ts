import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../platform/logging/logger.js';
import { maskedAnswer } from './access/mask-numbers.js';
import { isoText } from './values.dto.js';

type Cell = string | number | null;

export interface CsvExport<Column extends string> {
  columns: readonly Column[];
  /** Read when the reader has taken the page before. */
  pages: AsyncGenerator<Record<Column, Cell>[]>;
}

const CHUNK_BYTES = 64 * 1024;
/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

export function isCsvWanted(format: 'json' | 'csv' | undefined, { headers: { accept = '' } }: FastifyRequest): boolean {
  if (format !== undefined) return format === 'csv';
  return accept.includes('text/csv') && !accept.includes('application/json');
}

/**
 * Rows as CSV, at the reader's pace and in the memory of two pages. What is refused is refused before the first byte. What fails later cuts the connection:
 * a file that ends as it should is whole. So does the end of the token or login. Numbers of parties are masked as in every answer of /admin.
 *
 * `X-Total-Count` says how many rows there are where one page holds them all; more are not counted.
 */
export async function csvOf<Column extends string>(
  { columns, pages }: CsvExport<Column>,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): Promise<Readable> {
  const asked = request.whileIn?.(pages) ?? pages;
  const [first, second] = [await asked.next(), await asked.next()];
  void reply.header('content-type', 'text/csv; charset=utf-8').header('cache-control', 'no-store');
  if (second.done === true) void reply.header('x-total-count', first.done === true ? 0 : first.value.length);
  // The framework's own HEAD would read all of it.
  if (request.method === 'HEAD') await asked.return(undefined);
  return Readable.from(request.method === 'HEAD' ? [] : linesOf(), { objectMode: false, highWaterMark: CHUNK_BYTES });

  async function* linesOf(): AsyncGenerator<string> {
    try {
      yield `${columns.join(',')}\r\n`;
      for (const { done, value } of [first, second]) if (done !== true) yield value.map(line).join('');
      for await (const page of asked) yield page.map(line).join('');
    } catch (error) {
      log.error('export.failed', { route: request.routeOptions.url ?? null, req_id: request.id, error });
      throw error;
    }
  }

  function line(row: Record<Column, Cell>): string {
    const shown = maskedAnswer(row, request) as Record<Column, Cell>;
    return `${columns.map((column) => cell(shown[column])).join(',')}\r\n`;
  }
}

/** A text that would be a formula gets an apostrophe in front, by which spreadsheets know a text: so a number is `'+14155550100`. */
function cell(value: Cell): string {
  if (value === null) return '';
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** What the audit keeps of an export: which filters were used; a person's number is one of them, and no word of the audit. */
export function exportDetails(
  { sessionId, from, to }: { sessionId?: string | undefined; from?: number | undefined; to?: number | undefined },
  { query }: FastifyRequest,
) {
  const filters = Object.keys(query as object).filter((name) => name !== 'format');
  const span = { from: isoText(from ?? null), to: isoText(to ?? null) };
  return { session: sessionId ?? null, ...span, filters: filters.sort().join() };
}
