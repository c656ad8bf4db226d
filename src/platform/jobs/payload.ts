import type { Context } from '@opentelemetry/api';
import { traceOf, traceparent } from '../tracing/spans.js';
import { Park } from './job-failure.js';

/** As it is stored: the handler's own, and by whose trace it was asked for where there are traces. */
export function payloadText(payload: unknown): string {
  const trace = traceparent();
  const isTraced = trace !== null && typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return JSON.stringify(isTraced ? { ...payload, traceparent: trace } : (payload ?? null));
}

export function parsePayload(text: string): { payload: unknown; within: Context | undefined } {
  let payload: unknown;
  try {
    payload = JSON.parse(text);
  } catch {
    throw new Park('the payload is not JSON');
  }
  const { traceparent: trace } = Object(payload) as { traceparent?: unknown };
  return { payload, within: typeof trace === 'string' ? traceOf(trace) : undefined };
}
