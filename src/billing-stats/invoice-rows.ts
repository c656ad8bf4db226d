import { InvalidRequest } from '../platform/errors.js';
import { microsFromDecimal } from '../plivo/index.js';
import { readCsv, UnreadableCsv, type CsvRow } from '../platform/read-csv.js';
import { parseTimestamp } from '../sessions/index.js';

/** A leg as Plivo's call log has it. Its numbers are not read. */
export interface InvoiceLeg {
  /** In the file; 1 is the header. */
  row: number;
  callUuid: string;
  /** Seconds from answer to end. */
  duration: number;
  billedDuration: number;
  /** Micro-units. */
  amount: number;
  /** Null where the file does not say. */
  endedAt: number | null;
}

type Column = keyof Omit<InvoiceLeg, 'row'>;

/**
 * Names in small letters and digits alone. First those of the console's export, then those of call records: there `bill_duration` is the raw length, which
 * `call_duration` is too.
 */
const NAMES: Record<Column, { shown: string; names: string[] }> = {
  callUuid: { shown: 'Call UUID', names: ['calluuid'] },
  duration: { shown: 'Call duration', names: ['callduration', 'duration'] },
  billedDuration: { shown: 'Billed duration', names: ['billedduration'] },
  amount: { shown: 'Billed amount', names: ['billedamount', 'totalamount', 'amount'] },
  endedAt: { shown: 'End time', names: ['endtime'] },
};
const COLUMNS = Object.keys(NAMES) as Column[];
const OPTIONAL: readonly Column[] = ['endedAt'];

class UnreadableFile extends InvalidRequest {
  constructor(problem: string) {
    super(`the call log cannot be compared: ${problem}`);
  }
}

/** The legs of a call log, piece by piece. Refuses what cannot be read, by its row and column; what stands there is not repeated. */
export async function* invoiceLegs(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InvoiceLeg[]> {
  let places: Map<Column, number> | null = null;
  try {
    for await (const rows of readCsv(chunks)) {
      const [header] = rows;
      if (header === undefined) continue;
      const legs = places === null ? rows.slice(1) : rows;
      const known: Map<Column, number> = (places ??= placesOf(header.cells));
      yield legs.map((row) => legOf(row, known));
    }
  } catch (error) {
    throw error instanceof UnreadableCsv ? new UnreadableFile(error.message) : error;
  }
  if (places === null) throw new UnreadableFile("it is empty; expected Plivo's call log as text/csv");
}

function placesOf(header: string[]): Map<Column, number> {
  const names = header.map((name) =>
    name
      .replaceAll(/\([^)]*\)/g, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, ''),
  );
  const places = new Map<Column, number>();
  for (const column of COLUMNS) {
    const name = NAMES[column].names.find((one) => names.includes(one));
    if (name === undefined) continue;
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw new UnreadableFile(`two columns are named ${NAMES[column].shown}`);
    places.set(column, names.indexOf(name));
  }
  const missing = COLUMNS.filter((column) => !places.has(column) && !OPTIONAL.includes(column));
  if (missing.length > 0)
    throw new UnreadableFile(
      `its first row lacks the columns ${missing.map((column) => NAMES[column].shown).join(', ')}`,
    );
  return places;
}

function legOf({ row, cells }: CsvRow, places: Map<Column, number>): InvoiceLeg {
  const cellOf = (column: Column): string => (cells[places.get(column) ?? -1] ?? '').trim();
  const read = <Value>(column: Column, value: Value | null, expected: string): Value => {
    if (value === null) throw new UnreadableFile(`row ${row}, ${NAMES[column].shown}: expected ${expected}`);
    return value;
  };
  const seconds = (column: Column): number => read(column, secondsOf(cellOf(column)), 'whole seconds');
  const callUuid = cellOf('callUuid');
  return {
    row,
    callUuid: read('callUuid', /^[\w-]{1,64}$/.test(callUuid) ? callUuid : null, 'the uuid of a call'),
    duration: seconds('duration'),
    billedDuration: seconds('billedDuration'),
    amount: read('amount', amountOf(cellOf('amount')), 'an amount as decimal text'),
    endedAt: parseTimestamp(cellOf('endedAt'))?.from ?? null,
  };
}

/** Nothing is none: of calls that nobody answered. */
function secondsOf(text: string): number | null {
  if (text === '') return 0;
  return /^\d{1,9}(?:\.0+)?$/.test(text) ? Math.trunc(Number(text)) : null;
}

function amountOf(text: string): number | null {
  if (text === '') return 0;
  return microsFromDecimal(text.replace(/^\$ ?/, ''));
}
