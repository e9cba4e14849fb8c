/** What the load balancer puts on every request. One is enough; the first can be taken off by a setting of it. */
const BALANCERS = ['x-forwarded-for', 'x-forwarded-proto', 'x-amzn-trace-id'];

/**
 * Return the handler of GET /metrics, for callers who did not come through the load balancer.
 *
 * The balancer puts its headers on every request and a client cannot have them taken off (User Guide for Application
 * Load Balancers, "HTTP headers and Application Load Balancers"), so who has one is told that nothing is here. The
 * ports of the containers are open to the balancer alone: what is left is an agent on the host or in the task.
 */
export function metricsPage({ registry }) {
  return async (req, res, next) => {
    if (BALANCERS.some((name) => req.headers[name] !== undefined)) return next();
    const text = await registry.metrics();
    return res.set({ 'Content-Type': registry.contentType, 'Cache-Control': 'no-store' }).send(text);
  };
}
