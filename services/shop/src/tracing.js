import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { routeOf } from './measure.js';

/** How long the last spans may take to leave when the shop stops. */
const FLUSH_MS = 1000;

const UNTRACED = new Set(['/health', '/ready', '/metrics']);

const provider = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ? startTracing(process.env) : undefined;

/** Send the spans that are left, as far as that works within a second; without tracing there are none. */
export async function stopTracing() {
  if (provider) await Promise.race([provider.shutdown().catch(() => {}), sleep(FLUSH_MS, undefined, { ref: false })]);
}

/**
 * Start OpenTelemetry: a span per request, named by its route, and one per question to DynamoDB.
 *
 * This module has to be the first import of the process, since the instrumentation wraps modules as they are loaded.
 * Nothing of OpenTelemetry is loaded unless OTEL_EXPORTER_OTLP_ENDPOINT is set. The exporter and the SDK read the
 * other standard variables (OpenTelemetry, "OTLP Exporter Configuration") themselves.
 */
function startTracing(env) {
  const require = createRequire(import.meta.url);
  const { context, propagation, trace } = require('@opentelemetry/api');
  const { AsyncLocalStorageContextManager } = require('@opentelemetry/context-async-hooks');
  const { W3CTraceContextPropagator } = require('@opentelemetry/core');
  const { registerInstrumentations } = require('@opentelemetry/instrumentation');
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');

  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const started = createProvider(require, env);
  trace.setGlobalTracerProvider(started);
  registerInstrumentations({ tracerProvider: started, instrumentations: [new HttpInstrumentation(httpOptions())] });
  require('node:http');
  require('node:https');
  return started;
}

function createProvider(require, { ENVIRONMENT, VERSION, OTEL_TRACES_SAMPLER_ARG: share = '1' }) {
  const { resourceFromAttributes } = require('@opentelemetry/resources');
  const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-http');
  const sdk = require('@opentelemetry/sdk-trace');
  return new sdk.TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'shop',
      'service.version': VERSION,
      'deployment.environment.name': ENVIRONMENT,
    }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(Number(share)) }),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
}

function httpOptions() {
  return {
    ignoreIncomingRequestHook: ({ url }) => UNTRACED.has(url),
    applyCustomAttributesOnSpan: (span, request) => {
      if (request.headers === undefined) return;
      span.updateName(`${request.method} ${routeOf(request)}`);
      span.setAttribute('http.route', routeOf(request));
    },
  };
}
