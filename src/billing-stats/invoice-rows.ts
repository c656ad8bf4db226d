import { InvalidRequest } from '../platform/errors.js';
import { microsFromDecimal } from '../plivo/index.js';
import { readCsv, UnreadableCsv, type CsvRow } from '../platform/read-csv.js';
import { parseTimestamp } from '../sessions/index.js';

/** What a log is of. Plivo's console exports two, and the first row of each says which it is. */
export type LogKind = 'calls' | 'messages';

/** A leg as Plivo's call log or message log has it. Its numbers are not read. */
export interface InvoiceLeg {
  /** In the file; 1 is the header. */
  row: number;
  uuid: string;
  /** Seconds from answer to end; 0 of a message. */
  duration: number;
  /** Seconds; of a message its units. */
  billedDuration: number;
  /** Micro-units. */
  amount: number;
  /** Null where the file does not say. */
  endedAt: number | null;
}

/** Some legs of a log. */
export interface InvoiceLegs {
  kind: LogKind;
  /** Whether it names what carriers charge, which is then part of the amounts. */
  hasCarriers: boolean;
  legs: InvoiceLeg[];
}

type Column = keyof Omit<InvoiceLeg, 'row'> | 'carriers';
interface Names {
  shown: string;
  names: string[];
  isOptional?: true;
}

/**
 * Names in small letters and digits alone. First those of the console's export, then those of call records: there `bill_duration` is the raw length, which
 * `call_duration` is too.
 */
const OF_CALLS: Partial<Record<Column, Names>> = {
  uuid: { shown: 'Call UUID', names: ['calluuid'] },
  duration: { shown: 'Call duration', names: ['callduration', 'duration'] },
  billedDuration: { shown: 'Billed duration', names: ['billedduration'] },
  amount: { shown: 'Billed amount', names: ['billedamount', 'totalamount', 'amount'] },
  endedAt: { shown: 'End time', names: ['endtime'], isOptional: true },
};
const OF_MESSAGES: Partial<Record<Column, Names>> = {
  uuid: { shown: 'Message UUID', names: ['messageuuid'] },
  billedDuration: { shown: 'Units', names: ['units', 'messageunits'] },
  amount: { shown: 'Total amount', names: ['totalamount', 'billedamount', 'amount'] },
  carriers: { shown: 'Carrier fees', names: ['carrierfees', 'carrierfee', 'carriersurcharge'], isOptional: true },
  endedAt: { shown: 'Message time', names: ['messagetime', 'senttime', 'time'], isOptional: true },
};
const NAMES = { calls: OF_CALLS, messages: OF_MESSAGES } as const;

interface Header {
  kind: LogKind;
  places: Map<Column, number>;
}

class UnreadableFile extends InvalidRequest {
  constructor(problem: string) {
    super(`the log cannot be compared: ${problem}`);
  }
}

/** The legs of a log, piece by piece. Refuses what cannot be read, by its row and column; what stands there is not repeated. */
export async function* invoiceLegs(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<InvoiceLegs> {
  let known: Header | null = null;
  try {
    for await (const rows of readCsv(chunks)) {
      const [header] = rows;
      if (header === undefined) continue;
      const legs = known === null ? rows.slice(1) : rows;
      const { kind, places }: Header = (known ??= headerOf(header.cells));
      yield { kind, hasCarriers: places.has('carriers'), legs: legs.map((row) => legOf(row, kind, places)) };
    }
  } catch (error) {
    throw error instanceof UnreadableCsv ? new UnreadableFile(error.message) : error;
  }
  if (known === null) throw new UnreadableFile("it is empty; expected Plivo's call log or message log as text/csv");
}

/** What a table of another program looks like that has been read as one column. */
const OTHER_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\0/, 'expected text in UTF-8'],
  [/;/, 'expected columns parted by commas, not by semicolons'],
  [/\t/, 'expected columns parted by commas, not by tabs'],
];

function headerOf(header: string[]): Header {
  const [whole = ''] = header;
  const other = OTHER_FORMS.find(([mark]) => (header.length === 1 || mark.source === '\\0') && mark.test(whole));
  if (other) throw new UnreadableFile(other[1]);
  const names = header.map((name) =>
    name
      .replaceAll(/\([^)]*\)/g, '')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, ''),
  );
  const kind = names.includes('messageuuid') && !names.includes('calluuid') ? 'messages' : 'calls';
  const columns = Object.entries(NAMES[kind]) as [Column, Names][];
  const places = new Map<Column, number>();
  for (const [column, { shown, names: known }] of columns) {
    const name = known.find((one) => names.includes(one));
    if (name === undefined) continue;
    if (names.indexOf(name) !== names.lastIndexOf(name)) throw new UnreadableFile(`two columns are named ${shown}`);
    places.set(column, names.indexOf(name));
  }
  const missing = columns.filter(([column, { isOptional }]) => !places.has(column) && !isOptional);
  if (missing.length > 0)
    throw new UnreadableFile(`its first row lacks the columns ${missing.map(([, { shown }]) => shown).join(', ')}`);
  return { kind, places };
}

const UUID = /^[\dA-F]{8}(?:-[\dA-F]{4}){3}-[\dA-F]{12}$/i;

function legOf({ row, cells }: CsvRow, kind: LogKind, places: Map<Column, number>): InvoiceLeg {
  const cellOf = (column: Column): string => {
    const place = places.get(column);
    const cell = place === undefined ? '' : cells[place];
    if (cell !== undefined) return cell.trim();
    const names = NAMES[kind][column];
    if (names?.isOptional) return '';
    throw new UnreadableFile(`row ${row} ends before the column ${names?.shown}: is the file whole?`);
  };
  const read = <Value>(column: Column, value: Value | null, expected: string): Value => {
    if (value === null)
      throw new UnreadableFile(`row ${row}, ${NAMES[kind][column]?.shown ?? column}: expected ${expected}`);
    return value;
  };
  const whole = kind === 'calls' ? 'whole seconds' : 'a whole number';
  const count = (column: Column): number => read(column, countOf(cellOf(column)), whole);
  const money = (column: Column): number => read(column, amountOf(cellOf(column)), 'an amount as decimal text');
  // Plivo writes them in small letters, programs that a log went through may not.
  const uuid = cellOf('uuid').replace(UUID, (one) => one.toLowerCase());
  return {
    row,
    uuid: read(
      'uuid',
      /^[\w-]{1,64}$/.test(uuid) ? uuid : null,
      `the uuid of a ${kind === 'calls' ? 'call' : 'message'}`,
    ),
    duration: count('duration'),
    billedDuration: count('billedDuration'),
    amount: money('amount') + money('carriers'),
    endedAt: parseTimestamp(cellOf('endedAt'))?.from ?? null,
  };
}

/** Nothing is none: of calls that nobody answered. */
function countOf(text: string): number | null {
  if (text === '') return 0;
  return /^\d{1,9}(?:\.0+)?$/.test(text) ? Math.trunc(Number(text)) : null;
}

function amountOf(text: string): number | null {
  if (text === '') return 0;
  return microsFromDecimal(text.replace(/^\$ ?/, ''));
}
