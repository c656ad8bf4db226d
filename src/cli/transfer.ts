import { Failure } from './failure.js';
import { fileSink, type Sink } from './files.js';
import type { Output } from './output.js';

const SHOWN_EVERY_MS = 200;

/** How much has come, shown to who waits for it. */
export class Progress {
  private shownAt = -Infinity;
  private readonly begunAt = performance.now();
  private bytes = 0;
  private rows = 0;

  constructor(
    private readonly out: Output,
    /** How many rows there will be, where that is known. */
    private readonly total: number | null = null,
  ) {}

  add({ bytes, rows }: { bytes: number; rows: number }): void {
    this.bytes += bytes;
    this.rows += rows;
    const now = performance.now();
    if (now - this.shownAt < SHOWN_EVERY_MS) return;
    this.shownAt = now;
    this.out.progress(
      `${this.bar()}${this.rows} rows, ${sizeInWords(this.bytes)}, ${Math.round((now - this.begunAt) / 1000)} s`,
    );
  }

  inWords(): string {
    return `${this.rows} rows, ${sizeInWords(this.bytes)}`;
  }

  private bar(): string {
    if (this.total === null || this.total === 0) return '';
    const filled = Math.round((20 * Math.min(this.rows, this.total)) / this.total);
    return `[${'#'.repeat(filled)}${'.'.repeat(20 - filled)}] of ${this.total}: `;
  }
}

/** A file, or where none is named standard output. */
export async function sinkOf(out: Output, file: string | undefined, isForced: boolean): Promise<Sink> {
  if (file !== undefined) return fileSink(file, isForced);
  const nothing = () => Promise.resolve();
  return { write: (chunk) => out.writePiece(chunk), finish: nothing, abandon: nothing };
}

/** An answer as it comes, into a sink. One that is cut off fails, and leaves no file. */
export async function copy(out: Output, sink: Sink, ask: () => Promise<Response>): Promise<Progress> {
  try {
    const answer = await ask();
    const counted = Number(answer.headers.get('x-total-count') ?? Number.NaN);
    const progress = new Progress(out, Number.isNaN(counted) ? null : counted);
    for await (const chunk of answer.body ?? []) {
      await sink.write(chunk);
      progress.add({ bytes: chunk.length, rows: linesIn(chunk) });
    }
    await sink.finish();
    return progress;
  } catch (error) {
    await sink.abandon();
    throw cutOff(error);
  }
}

/** What undici says when a connection ends before the answer does. */
export function cutOff(error: unknown): unknown {
  const { name, message } = Object(error) as { name?: string; message?: string };
  if (name === 'AbortError') return new Failure('stopped before all of it had come');
  if (name !== 'TypeError' || message !== 'terminated') return error;
  return new Failure(
    'the service cut the answer off: what has come is not all of it. Run it again; its log says why (export.failed)',
  );
}

function linesIn(chunk: Uint8Array): number {
  let lines = 0;
  for (let place = chunk.indexOf(10); place !== -1; place = chunk.indexOf(10, place + 1)) lines += 1;
  return lines;
}

function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
