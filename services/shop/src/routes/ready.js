/**
 * Return the handler of GET /ready: 200 when every table answers, 503 otherwise and while draining.
 *
 * It is for people and for tests before traffic moves. The load balancer asks /health, which knows nothing of tables:
 * with this one an outage of a table would take both colors out at once, shop window included.
 */
export function ready({ readiness, lifecycle }) {
  return async (_req, res) => {
    const tables = await readiness();
    const isReady = !lifecycle.draining && Object.values(tables).every(Boolean);
    res.status(isReady ? 200 : 503).set('Cache-Control', 'no-store');
    res.json({ ready: isReady, draining: lifecycle.draining, tables });
  };
}
