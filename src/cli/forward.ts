import { systemCode } from '../platform/settings/config-problems.js';

/** As the service has signed it. */
export interface ForwardRequest {
  url: string;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | null;
}

export interface Forwarded {
  /** Null where none came. */
  status: number | null;
  error: string | null;
  /** From the first byte sent to the last one read. */
  ms: number;
}

/** As long as the service itself waits for a receiver. */
const WITHIN_MS = 15_000;

/** Brings a callback to a receiver, and says what came back. A redirect is an answer. */
export async function forward(
  { url, method, headers, body }: ForwardRequest,
  stopped: AbortSignal,
): Promise<Forwarded> {
  const begun = performance.now();
  const after = (): number => Math.round(performance.now() - begun);
  try {
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(WITHIN_MS)]);
    const answer = await fetch(url, { method, headers, body, redirect: 'manual', signal });
    await answer.arrayBuffer();
    return { status: answer.status, error: null, ms: after() };
  } catch (error) {
    const { name, cause } = error as { name?: string; cause?: unknown };
    return { status: null, error: name === 'TimeoutError' ? 'timeout' : systemCode(cause), ms: after() };
  }
}
