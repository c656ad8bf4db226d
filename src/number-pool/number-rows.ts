import { CsvError, parse } from 'csv-parse/sync';
import { personOf, type Person } from '../telephony/identity.js';
import { parsePartyNumber, type E164 } from '../telephony/phone.js';
import { ImportRefused, type RefusedRow } from './number-pool.errors.js';
import { ALIAS, ALIAS_LENGTH } from './virtual-number.entity.js';

export interface NumberRow {
  row: number;
  line: number;
  number: E164;
  subaccountId: string | null;
  alias: string;
}

const MOST_ROWS = 10_000;
const COLUMNS = ['number', 'subaccount', 'alias'];
const HEADER = `expected the header ${COLUMNS.join(',')}`;

interface CsvRow {
  record: Partial<Record<string, string>>;
  info: { lines: number };
}

/** Reads the file of an import: header `number,subaccount,alias` in any order, the last two optional. Names every row that is wrong. */
export function readNumberRows(csv: string): NumberRow[] {
  const read = parseCsv(csv);
  if (read.length === 0) throw new ImportRefused(`${HEADER} and at least one row`);
  if (read.length > MOST_ROWS) throw new ImportRefused(`expected at most ${MOST_ROWS} rows`);

  const rows: NumberRow[] = [];
  const refused: RefusedRow[] = [];
  const rowOf = new Map<Person, number>();
  for (const [index, { record, info }] of read.entries()) {
    const place = { row: index + 1, line: info.lines };
    const number = parsePartyNumber(record['number']);
    const alias = record['alias'] ?? '';
    const problem = problemOf(number, alias, rowOf);
    if (number === null || problem !== null) {
      refused.push({ ...place, problem: problem ?? '' });
      continue;
    }
    rowOf.set(personOf(number), place.row);
    rows.push({ ...place, number, subaccountId: record['subaccount'] || null, alias });
  }
  if (refused.length > 0) throw ImportRefused.forRows(refused);
  return rows;
}

function problemOf(number: E164 | null, alias: string, rowOf: Map<Person, number>): string | null {
  if (number === null) return 'expected a phone number with its country code';
  const earlier = rowOf.get(personOf(number));
  if (earlier !== undefined) return `same number as row ${earlier}`;
  if (!ALIAS.test(alias)) return `expected an alias of one line and at most ${ALIAS_LENGTH} characters`;
  return null;
}

function parseCsv(csv: string): CsvRow[] {
  try {
    return parse(csv, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
      to: MOST_ROWS + 1,
      max_record_size: 4096,
      columns: checkedHeader,
    }) as unknown as CsvRow[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as { lines?: unknown }).lines;
    throw new ImportRefused(
      `line ${String(line)} cannot be read as CSV with the columns of the header (${error.code})`,
    );
  }
}

function checkedHeader(header: string[]): string[] {
  const names = header.map((name) => name.toLowerCase());
  const isKnown = names.every((name) => COLUMNS.includes(name)) && new Set(names).size === names.length;
  if (!isKnown || !names.includes('number')) throw new ImportRefused(HEADER);
  return names;
}
