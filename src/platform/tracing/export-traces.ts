import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { packageVersion } from '../version.js';
import { within } from '../within.js';

/** At a stop: what a collector has not taken by then is dropped. */
const LAST_WORDS_MS = 2_000;

/**
 * Sends spans to a collector by OTLP over HTTP (JSON), in batches and beside the work; what a collector does not take is dropped, told in the log, and holds
 * nothing up. Loaded only where a collector is named: the packages behind it are larger than all else that a start reads. How much is sampled, how batches
 * are cut and with which headers they go is read by the packages from OpenTelemetry's own variables (docs/traces.md). Returns what sends the rest and ends it.
 */
export function exportTraces(endpoint: string, tell: (reason: string) => void): () => Promise<void> {
  diag.setLogger(
    {
      error: tell,
      warn: tell,
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  return recordSpans(new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` })));
}

/** `processor` gets every span of this process from now on, until what is returned is called. */
export function recordSpans(processor: SpanProcessor): () => Promise<void> {
  const own = resourceFromAttributes({ 'service.name': 'masking', 'service.version': packageVersion() });
  const resource = defaultResource()
    .merge(own)
    .merge(detectResources({ detectors: [envDetector] }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return async () => {
    const rest = provider.shutdown().catch((error: unknown) => diag.error(String(error)));
    await within(LAST_WORDS_MS, rest, () => undefined);
    trace.disable();
    propagation.disable();
    context.disable();
    diag.disable();
  };
}
