import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

const DURATIONS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/**
 * Return the shop's metrics for Prometheus: requests, their durations, and Node's own, such as the event loop's lag.
 *
 * Each sample carries the color and the version. A request is counted under the route's pattern (`/products/:id`),
 * never under its path: what people type must not become a series each. Methods are few as they are: Node answers 400
 * itself to one that is not in `http.METHODS`.
 */
export function createMetrics({ environment, version }) {
  const registry = new Registry();
  registry.setDefaultLabels({ color: environment, version });
  collectDefaultMetrics({ register: registry });
  return Object.freeze({ registry, observe: observer(registry) });
}

function observer(registry) {
  const requests = new Counter({
    name: 'shop_http_requests_total',
    help: 'Requests by method, route pattern and status; the status "aborted" is a client that left before its answer.',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'shop_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by route pattern.',
    labelNames: ['route'],
    buckets: DURATIONS_SECONDS,
    registers: [registry],
  });
  return ({ method, route, status, seconds }) => {
    requests.inc({ method, route, status });
    durations.observe({ route }, seconds);
  };
}
