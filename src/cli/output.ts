import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/** One value of a table or a sheet; null is shown as a dash. */
export type Cell = string | number | boolean | null | undefined;

export interface Column<Row> {
  head: string;
  of: (row: Row) => Cell;
  isRight?: true;
}

export interface Streams {
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

/** Results go to standard output, as tables or, with `--json`, as JSON; all that is said beside them goes to standard error. */
export class Output {
  readonly isJson: boolean;
  /** Whether a person is looking at what goes to standard error. */
  readonly isWatched: boolean;
  private readonly isColoured: boolean;
  private isProgressShown = false;

  constructor(
    private readonly streams: Streams,
    { isJson, env }: { isJson: boolean; env: NodeJS.ProcessEnv },
  ) {
    this.isJson = isJson;
    this.isWatched = streams.stderr.isTTY === true;
    this.isColoured = streams.stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  /** The result: as JSON for programs, else what `people` returns. */
  show(value: unknown, people: () => string): void {
    this.write(this.isJson ? jsonText(value) : people());
  }

  /** A result that has one form. */
  write(text: string): void {
    this.streams.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** For results that come piece by piece: as fast as they are read. */
  async writePiece(chunk: string | Uint8Array): Promise<void> {
    if (!this.streams.stdout.write(chunk)) await once(this.streams.stdout, 'drain');
  }

  /** Chatter: what is going on, what else could be done. */
  say(text: string): void {
    this.forgetProgress();
    this.streams.stderr.write(`${plain(text, true)}\n`);
  }

  /** One line that is written over by the next; nobody looking, nothing is written. */
  progress(text: string): void {
    if (!this.isWatched) return;
    this.isProgressShown = true;
    this.streams.stderr.write(`\r\u001b[K${plain(text)}`);
  }

  forgetProgress(): void {
    if (this.isProgressShown) this.streams.stderr.write('\r\u001b[K');
    this.isProgressShown = false;
  }

  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
    const cells = rows.map((row) => columns.map(({ of }) => cellText(of(row))));
    const widths = columns.map(({ head }, place) =>
      Math.max(head.length, ...cells.map((line) => [...(line[place] ?? '')].length)),
    );
    const line = (texts: string[]): string =>
      texts
        .map((text, place) => padded(text, widths[place] ?? 0, columns[place]?.isRight === true))
        .join('  ')
        .trimEnd();
    const head = line(columns.map((column) => column.head.toUpperCase()));
    return [this.isColoured ? `\u001b[1m${head}\u001b[22m` : head, ...cells.map(line)].join('\n');
  }

  /** One thing, a line for each of its facts. */
  sheet(facts: readonly (readonly [name: string, value: Cell])[]): string {
    const width = Math.max(...facts.map(([name]) => name.length));
    return facts.map(([name, value]) => `${name.padEnd(width)}  ${cellText(value)}`).join('\n');
  }
}

function padded(text: string, width: number, isRight: boolean): string {
  const gap = ' '.repeat(Math.max(0, width - [...text].length));
  return isRight ? gap + text : text + gap;
}

function cellText(value: Cell): string {
  if (value === null || value === undefined || value === '') return '-';
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : plain(String(value));
}

/** Control characters and marks that turn text around: what others wrote must not move the cursor of who reads it. */
const UNSEEN = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** Text of others for a terminal. */
export function plain(text: string, withLines = false): string {
  return stripVTControlCharacters(text).replace(UNSEEN, (one) => (withLines && one === '\n' ? one : ' '));
}

/** JSON leaves the second set of control characters, and the marks, as they are: escaped they are the same to programs. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    escaped,
  );
}

/** JSON in one line. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
