import type { StatsRow } from '../../billing-stats/index.js';
import { shownStats } from './stats.dto.js';

const HEADER = 'key,calls,connected,minutes,billed_seconds,amount,sessions\r\n';
/** What spreadsheets take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** The rows as CSV, a page at a time: the reader's pace is the pace of reading the database. */
export async function* statsCsv(pages: AsyncIterable<StatsRow[]>): AsyncGenerator<string> {
  yield HEADER;
  for await (const page of pages) yield page.map(line).join('');
}

function line(row: StatsRow): string {
  return `${Object.values(shownStats(row)).map(cell).join(',')}\r\n`;
}

/** A text that would be a formula gets an apostrophe in front, by which spreadsheets know a text: so a number is `'+14155550100`. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
