import type { Clock } from '../../platform/clock.js';
import type { Changes } from '../rules/changes.js';
import { signV2, signV3, type Parameters, type WebhookMethod } from '../webhooks/signature.js';

/** What happens to a request besides being kept. Durations are real milliseconds: the sender's patience is real too. */
export interface InboxFault {
  /** The inbox it strikes; null strikes all. */
  name: string | null;
  status: number;
  hang_ms: number;
  /** The `Retry-After` header: seconds or an HTTP date. */
  retry_after: string | null;
  /** Closes the connection instead of answering, after `hang_ms`. */
  reset: boolean;
  /** The `Location` header. */
  redirect: string | null;
  /** How many requests it strikes; null strikes for ever. */
  times: number | null;
}

export interface InboxRequest {
  /** Empty for `/simulator/inbox` itself. */
  name: string;
  method: WebhookMethod;
  /** Path and query as they came. */
  path: string;
  host: string;
  headers: Readonly<Record<string, string>>;
  params: Parameters;
  body: string;
}

type Verdict = 'valid' | 'invalid' | null;

export interface InboxEntry {
  id: number;
  at: number;
  request: InboxRequest;
  /** Null when the connection was closed instead. */
  status: number | null;
  signatures: { v3: Verdict; ma_v3: Verdict; v2: Verdict; ma_v2: Verdict };
}

const KEPT = 1000;
const KEPT_BYTES = 16 * 1024 * 1024;

/** Takes the callbacks of sessions that name no other receiver, and keeps the newest. */
export class Inbox {
  private entries: InboxEntry[] = [];
  private bytes = 0;
  private count = 0;
  private faults: InboxFault[] = [];
  private hanging = new Set<() => void>();

  constructor(
    private readonly parts: { clock: Clock; changes: Changes },
    /** Tokens that may have signed, and the public base URLs under which a sender may know us. */
    private readonly known: () => { main: string; owners: readonly string[]; bases: readonly string[] },
  ) {}

  get plan(): readonly InboxFault[] {
    return this.faults;
  }

  /** Keeps the request and says what befalls it. */
  receive(request: InboxRequest): InboxFault | null {
    const fault = this.strike(request.name);
    this.count += 1;
    this.entries.push({
      id: this.count,
      at: this.parts.clock.now(),
      request,
      status: fault === null ? 200 : fault.reset ? null : fault.status,
      signatures: this.verdicts(request),
    });
    this.bytes += sizeOf(request);
    while (this.entries.length > KEPT || (this.bytes > KEPT_BYTES && this.entries.length > 1)) {
      const oldest = this.entries.shift();
      if (oldest !== undefined) this.bytes -= sizeOf(oldest.request);
    }
    this.parts.changes.notify();
    return fault;
  }

  newestFirst(filter: { name?: string | undefined; session?: string | undefined; event?: string | undefined }) {
    const has = (entry: InboxEntry, name: string, value: string | undefined) =>
      value === undefined || entry.request.params.some(([key, text]) => key === name && text === value);
    return this.entries
      .filter((entry) => filter.name === undefined || entry.request.name === filter.name)
      .filter((entry) => has(entry, 'SessionUUID', filter.session) && has(entry, 'EventName', filter.event))
      .toReversed();
  }

  /** Replaces the fault of one inbox, or the one of all. */
  order(fault: InboxFault): void {
    this.lift(fault.name);
    this.faults.push(fault);
  }

  /** Lifts every fault; what hangs is answered. */
  liftAll(): void {
    this.faults = [];
    for (const release of this.hanging) release();
  }

  clear(): void {
    this.entries = [];
    this.bytes = 0;
  }

  /** Waits in real time, until the faults are lifted at the latest. */
  hang(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const release = (): void => {
        clearTimeout(timer);
        this.hanging.delete(release);
        resolve();
      };
      const timer = setTimeout(release, milliseconds);
      this.hanging.add(release);
    });
  }

  private lift(name: string | null): void {
    this.faults = this.faults.filter((fault) => fault.name !== name);
  }

  /** A fault of this inbox goes before one of all. */
  private strike(name: string): InboxFault | null {
    const fault =
      this.faults.find((each) => each.name === name) ?? this.faults.find((each) => each.name === null) ?? null;
    if (fault !== null && fault.times !== null) {
      fault.times -= 1;
      if (fault.times === 0) this.lift(fault.name);
    }
    return fault;
  }

  private verdicts({ method, path, host, headers, params }: InboxRequest): InboxEntry['signatures'] {
    const { main, owners, bases } = this.known();
    const urls = [...bases, `http://${host}`, `https://${host}`].map((base) => base + path);
    const form = method === 'POST' ? params : [];
    const judge = (
      header: string,
      tokens: readonly string[],
      sign: (url: string, token: string) => string,
    ): Verdict => {
      const given = headers[header]?.split(',').map((text) => text.trim());
      if (given === undefined) return null;
      return urls.some((url) => tokens.some((token) => given.includes(sign(url, token)))) ? 'valid' : 'invalid';
    };
    const v3 = (url: string, token: string): string =>
      signV3({ method, url, params: form, nonce: headers['x-plivo-signature-v3-nonce'] ?? '' }, token);
    const v2 = (url: string, token: string): string => signV2(url, headers['x-plivo-signature-v2-nonce'] ?? '', token);
    return {
      v3: judge('x-plivo-signature-v3', owners, v3),
      ma_v3: judge('x-plivo-signature-ma-v3', [main], v3),
      v2: judge('x-plivo-signature-v2', owners, v2),
      ma_v2: judge('x-plivo-signature-ma-v2', [main], v2),
    };
  }
}

function sizeOf({ path, headers, body }: InboxRequest): number {
  const headerBytes = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return path.length + headerBytes + 2 * body.length;
}
