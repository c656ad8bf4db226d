/** A row of CSV and its number in the file, the header being 1. */
export interface CsvRow {
  row: number;
  cells: string[];
}

/** What is no CSV. The sentence names the row and nothing of what stands in it. */
export class UnreadableCsv extends Error {}

const LONGEST_CELL = 4096;
const MOST_CELLS = 200;

const [QUOTE, COMMA, LINE_FEED, CARRIAGE_RETURN] = [0x22, 0x2c, 0x0a, 0x0d];

/** Reads CSV (RFC 4180, LF too, with or without a byte order mark) piece by piece; rows without anything are left out. */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRow[]> {
  const decoder = new TextDecoder();
  const parser = new CsvParser();
  for await (const chunk of chunks) yield parser.push(decoder.decode(chunk, { stream: true }));
  yield parser.push(`${decoder.decode()}\n`);
  parser.end();
}

class CsvParser {
  private row = 1;
  private cells: string[] = [];
  private cell = '';
  /** `closed`: behind a quote that may be the last, or the first of two. */
  private state: 'begin' | 'plain' | 'quoted' | 'closed' = 'begin';

  push(text: string): CsvRow[] {
    const rows: CsvRow[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.isInside(code)) continue;
      if (this.state !== 'closed') this.take(text, from, at);
      if (code === QUOTE) this.quote();
      else if (code === COMMA || code === LINE_FEED) this.endCell();
      else if (code !== CARRIAGE_RETURN) throw this.unreadable('expected a comma behind a closing quote');
      if (code === LINE_FEED && this.state === 'begin') this.endRow(rows);
      from = at + 1;
    }
    if (this.state === 'plain' || this.state === 'quoted') this.take(text, from, text.length);
    return rows;
  }

  /** Whether a character is one of the cell that is being read, and nothing else. */
  private isInside(code: number): boolean {
    if (this.state === 'quoted') return code !== QUOTE;
    if (this.state === 'closed' || code === COMMA || code === LINE_FEED) return false;
    if (this.state === 'begin' && code === QUOTE) return false;
    this.state = 'plain';
    return true;
  }

  private quote(): void {
    if (this.state === 'closed') this.cell += '"';
    this.state = this.state === 'quoted' ? 'closed' : 'quoted';
  }

  end(): void {
    if (this.state === 'quoted') throw this.unreadable('expected a closing quote');
  }

  private take(text: string, from: number, to: number): void {
    this.cell += text.slice(from, to);
    if (this.cell.length > LONGEST_CELL) throw this.unreadable(`expected cells of at most ${LONGEST_CELL} characters`);
  }

  private endCell(): void {
    this.cells.push(this.state === 'plain' ? this.cell.replace(/\r$/, '') : this.cell);
    if (this.cells.length > MOST_CELLS) throw this.unreadable(`expected at most ${MOST_CELLS} columns`);
    this.cell = '';
    this.state = 'begin';
  }

  private endRow(rows: CsvRow[]): void {
    if (this.cells.length > 1 || this.cells[0] !== '') rows.push({ row: this.row, cells: this.cells });
    this.cells = [];
    this.row += 1;
  }

  private unreadable(problem: string): UnreadableCsv {
    return new UnreadableCsv(`row ${this.row}: ${problem}`);
  }
}
