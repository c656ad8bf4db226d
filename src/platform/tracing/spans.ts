import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
} from '@opentelemetry/api';

export { context, SpanKind, type Span } from '@opentelemetry/api';

/** Asked for each time: one that is kept goes on writing for the exporter it has once found. While there is none (`export-traces.ts`), its spans remember nothing. */
const tracer = () => trace.getTracer('masking');

/**
 * Runs `work` as a step of the present trace. Attributes are ids of ours, kinds and counts: never a number, a URL of a customer's or anything that
 * a person wrote. Of what `work` throws the class is noted and not the text.
 */
export function spanned<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<T>,
  { kind = SpanKind.INTERNAL, of = context.active() }: { kind?: SpanKind; of?: Context } = {},
): Promise<T> {
  return tracer().startActiveSpan(name, { attributes, kind }, of, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error instanceof Error ? error.constructor.name : typeof error);
      throw error;
    } finally {
      span.end();
    }
  });
}

export function fail(span: Span, what: string): void {
  span.setAttribute('error.type', what);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** The request that comes in: a step of the caller's trace where he has named one. Null where there are no traces. */
export function incoming(
  method: string,
  headers: NodeJS.Dict<string | string[]>,
): { span: Span; within: Context } | null {
  const given = headers['traceparent'];
  const of = typeof given === 'string' ? traceOf(given) : ROOT_CONTEXT;
  const span = tracer().startSpan(method, { kind: SpanKind.SERVER }, of);
  return span.isRecording() ? { span, within: trace.setSpan(of, span) } : null;
}

/** The present step, as W3C writes it; null where there are no traces. */
export function traceparent(): string | null {
  const carrier: { traceparent?: string } = {};
  propagation.inject(context.active(), carrier);
  return carrier.traceparent ?? null;
}

/** What `traceparent` has given; one that is none begins a trace. */
export function traceOf(given: string): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent: given });
}
