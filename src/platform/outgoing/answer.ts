import type { Dispatcher } from 'undici';
import { exchangeFailure, OutgoingFailure } from './failure.js';

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** What an answer got from the receiver, as far as it came. */
export interface WireAnswer {
  status: number;
  retryAfter: string | string[] | undefined;
  body: Buffer;
}

const MAX_BODY_BYTES = 16 * 1024;

/**
 * Reads one answer. From when its headers are in, the outcome is their status, and the body is what has come when it ends, breaks off, is
 * full or the time is up.
 */
export class Answer implements Dispatcher.DispatchHandler {
  readonly done: Promise<WireAnswer | null>;
  /** The answer came whole, so that the connection may carry another. */
  isComplete = false;

  private settle!: { resolve: (answer: WireAnswer | null) => void; reject: (error: unknown) => void };
  private isOver = false;
  private isSent = false;
  private head: { status: number; retryAfter: string | string[] | undefined } | null = null;
  private body: Buffer | null = null;
  private length = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly readMs: number) {
    this.done = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  get hasHead(): boolean {
    return this.head !== null;
  }

  onRequestStart(controller: Controller): void {
    if (this.isOver) {
      controller.abort(new OutgoingFailure('aborted'));
      return;
    }
    this.isSent = true;
    this.timer = setTimeout(() => this.breakOff(new OutgoingFailure('timeout')), this.readMs);
  }

  onResponseStart(_controller: Controller, status: number, headers: Headers): void {
    // Hints, which may come ahead of the answer.
    if (status < 200) return;
    clearTimeout(this.timer);
    this.head = { status, retryAfter: headers['retry-after'] };
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.isOver) return;
    // Copied, because a chunk may be one byte of a large piece of memory.
    this.body ??= Buffer.allocUnsafe(MAX_BODY_BYTES);
    this.length += chunk.copy(this.body, this.length);
    if (this.length < MAX_BODY_BYTES) return;
    this.finish();
    controller.abort(new OutgoingFailure('aborted'));
  }

  onResponseEnd(): void {
    // By then undici has closed the connection if the receiver did not want to keep it.
    setImmediate(() => {
      this.isComplete = !this.isOver;
      this.finish();
    });
  }

  onResponseError(_controller: Controller | null, error: Error): void {
    if (this.isOver) return;
    if (this.head === null && !this.isSent && !isCallersFault(error)) this.end(() => this.settle.resolve(null));
    else this.breakOff(error);
  }

  /** Ends the reading: with the answer as far as it came, or else with what `error` means. */
  breakOff(error: Error): void {
    if (this.head !== null) this.finish();
    else this.end(() => this.reject(error));
  }

  private reject(error: Error): void {
    try {
      this.settle.reject(exchangeFailure(error));
    } catch (fault) {
      this.settle.reject(fault);
    }
  }

  private finish(): void {
    const { head, body, length } = this;
    if (head === null) return;
    const copy = body === null ? Buffer.alloc(0) : Buffer.from(body.subarray(0, length));
    this.end(() => this.settle.resolve({ ...head, body: copy }));
  }

  private end(settle: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    settle();
  }
}

function isCallersFault(error: Error): boolean {
  return /^UND_ERR_(?:INVALID_ARG|NOT_SUPPORTED)$/.test(`${(error as NodeJS.ErrnoException).code}`);
}
