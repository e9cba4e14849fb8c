const UNMATCHED = 'unmatched';

/** Return the middleware that tells the metrics of each request once it is over, whether or not it was answered. */
export function measure(metrics) {
  return (req, res, next) => {
    const start = performance.now();
    res.once('close', () => metrics.observe(outcome(req, res, start)));
    next();
  };
}

/** Return the pattern of the route that answered: a path of ours, or `unmatched`. */
export function routeOf(req) {
  return req.route ? req.baseUrl + req.route.path : UNMATCHED;
}

function outcome(req, res, start) {
  const status = res.writableFinished ? String(res.statusCode) : 'aborted';
  return { method: req.method, route: routeOf(req), status, seconds: (performance.now() - start) / 1000 };
}
