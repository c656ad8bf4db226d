import type { Socket } from 'node:net';
import { Client } from 'undici';
import { Answer, type WireAnswer } from './answer.js';
import { OutgoingFailure } from './failure.js';
import { UnaskedContinue } from './unasked-continue.js';

export interface WireRequest {
  path: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | null;
}

export interface WireLimits {
  /** From the first byte sent to the last of the answer's headers. */
  readMs: number;
  /** Ends the exchange; its reason is the failure. */
  signal: AbortSignal;
}

/** Of everything ahead of the body: status lines, headers, 1xx answers. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Of one answer in all: chunk sizes, chunk extensions and trailers come on top of the body. */
const MAX_ANSWER_BYTES = 128 * 1024;
/** What undici's parser gets at a time. */
const PIECE_BYTES = 1024;
/** Idle time for receivers that do not say how long they keep a connection. Shorter than the 5 s of the usual servers. */
const KEEP_ALIVE_MS = 4000;
const MOST_KEEP_ALIVE_MS = 10_000;
/** A receiver that moved is found again, and its name checked again, even if it is never idle. */
const LIFE_MS = 5 * 60_000;

/** One connection to an address that was checked when it was dialled; carries one request at a time. */
export class Connection {
  private readonly client: Client;
  private readonly dieAt = performance.now() + LIFE_MS;
  private answer: Answer | null = null;
  private bytesRead = 0;
  private unaskedContinue = new UnaskedContinue();

  constructor(
    readonly origin: string,
    private readonly socket: Socket,
  ) {
    let isGiven = false;
    this.client = new Client(origin, {
      pipelining: 1,
      // Never reached: `meter` cuts off before.
      maxHeaderSize: MAX_ANSWER_BYTES,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: MOST_KEEP_ALIVE_MS,
      // Our own timers are exact; undici's come once a second.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => {
        const error = isGiven || socket.destroyed ? new OutgoingFailure('reset') : null;
        isGiven = true;
        queueMicrotask(() => (error === null ? callback(null, socket) : callback(error, null)));
      },
    });
    this.meter();
  }

  get isUsable(): boolean {
    return !this.socket.destroyed && !this.client.destroyed && performance.now() < this.dieAt;
  }

  onClose(listener: () => void): void {
    this.socket.once('close', listener);
  }

  /**
   * Resolves to null if the connection was closed before any byte was sent. Rejects with an `OutgoingFailure`. Afterwards the connection
   * is usable or closed.
   */
  async exchange(request: WireRequest, { readMs, signal }: WireLimits): Promise<WireAnswer | null> {
    const answer = new Answer(readMs);
    this.answer = answer;
    this.bytesRead = 0;
    this.unaskedContinue = new UnaskedContinue();
    const onAbort = (): void => answer.breakOff(signal.reason as OutgoingFailure);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else this.client.dispatch(request, answer);
    try {
      return await answer.done;
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (!answer.isComplete) this.destroy();
    }
  }

  destroy(): void {
    void this.client.destroy().catch(() => undefined);
    this.socket.destroy();
  }

  /**
   * Counts what undici reads, byte by byte of the wire, and ends an answer that is too long. undici counts headers only, once they are
   * parsed, and goes on through all that it has read: 64 KiB of short headers cost it 100 ms, most of it for one error a header. How undici reads
   * is no promise of its own: undici-contract.spec.ts holds what is relied on.
   */
  private meter(): void {
    const { socket } = this;
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    socket.read = (size?: number): Buffer | null => {
      // The stream's own calls name a size, 0.
      if (size !== undefined || socket.readableLength === 0) return read(size);
      if (socket.destroyed) return null;
      if (this.bytesRead >= (this.answer?.hasHead === true ? MAX_ANSWER_BYTES : MAX_HEAD_BYTES)) {
        socket.destroy(new OutgoingFailure('protocol'));
        return null;
      }
      const piece = read(Math.min(socket.readableLength, PIECE_BYTES));
      if (piece === null) return null;
      this.bytesRead += piece.length;
      this.unaskedContinue.rewrite(piece);
      return piece;
    };
  }
}
